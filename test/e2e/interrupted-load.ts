// What a crash and a bad disk may do to a stored model: half a load is resumed, a damaged chunk is fetched again.
import type { RunningBrowser } from '../browsers.ts';
import type { ChatPage } from './chat-page.ts';
import { expect, type Scenario, type ScenarioContext, type Step } from './scenario.ts';
import { damageStoredChunk, type StoredSummary, storedHashesAgree, summarizeStore } from './stored-model.ts';

/** The whole model would take about ten seconds: long enough to kill the browser in the middle. */
const SECONDS_FOR_ALL = 10;
const DAMAGED_CHUNK = 1;

/** Scenario: kill the browser in the middle of a load, reopen, resume; then damage one chunk. */
export const interruptedLoad: Scenario = {
  name: 'interrupted load',
  isTimed: false,
  begin(context) {
    let stored: StoredSummary;
    let running: RunningBrowser;
    let chat: ChatPage;
    return [
      {
        name: 'the browser is killed when a part of the model is stored',
        async run() {
          stored = await killInTheMiddle(context);
        },
      },
      {
        name: 'the next visit fetches only what is missing',
        async run() {
          running = await context.start();
          chat = await resume(context, running, stored);
        },
      },
      { name: 'a damaged chunk is found and fetched again', run: () => repairChunk(context, running, chat) },
    ] satisfies Step[];
  },
};

async function killInTheMiddle(context: ScenarioContext): Promise<StoredSummary> {
  const { sizeBytes } = context.model.manifest;
  context.server.throttle(/\.gguf$/, sizeBytes / SECONDS_FOR_ALL);
  const running = await context.start();
  const chat = await context.open(running);
  let summary: StoredSummary = { models: 0, chunks: 0, chunkBytes: 0 };
  const deadline = performance.now() + 60_000;
  while (summary.chunks < 2) {
    expect(performance.now() < deadline, `only ${summary.chunks} chunks were stored after 60 s`);
    const { loadError } = await chat.state();
    expect(loadError === null, `the page shows the error: ${loadError}`);
    summary = await summarizeStore(chat.page);
  }
  expect(summary.chunkBytes < sizeBytes, 'the whole model was stored before the browser could be killed');
  await running.kill();
  context.server.throttle(/\.gguf$/, null);
  return summary;
}

async function resume(
  context: ScenarioContext,
  running: RunningBrowser,
  stored: StoredSummary,
): Promise<ChatPage> {
  const { sizeBytes } = context.model.manifest;
  context.server.clearRequests();
  const chat = await context.open(running);
  await chat.waitUntilReady();
  const fetchedBytes = weightsBytes(context);
  context.facts.storedBeforeKillBytes = stored.chunkBytes;
  context.facts.fetchedAfterKillBytes = fetchedBytes;
  expect(
    fetchedBytes <= sizeBytes - stored.chunkBytes,
    `${fetchedBytes} bytes were fetched; ${sizeBytes - stored.chunkBytes} were missing`,
  );
  const after = await summarizeStore(chat.page);
  expect(after.chunkBytes === sizeBytes, `${after.chunkBytes} of ${sizeBytes} bytes are stored in the end`);
  return chat;
}

async function repairChunk(context: ScenarioContext, running: RunningBrowser, chat: ChatPage): Promise<void> {
  const damaged = await damageStoredChunk(chat.page, DAMAGED_CHUNK);
  expect(damaged === 1, `${damaged} chunks were damaged; expected 1`);
  expect(!(await storedHashesAgree(chat.page)), 'the damage does not show: the test itself is wrong');
  await chat.page.close();
  context.server.clearRequests();
  const reopened = await context.open(running);
  await reopened.waitUntilReady();
  const { chunks } = await summarizeStore(reopened.page);
  const fetchedBytes = weightsBytes(context);
  context.facts.fetchedForDamagedChunkBytes = fetchedBytes;
  const largest = Math.ceil(context.model.manifest.sizeBytes / Math.max(1, chunks - 1));
  expect(fetchedBytes > 0, 'the damaged chunk was not fetched again');
  expect(fetchedBytes <= largest, `${fetchedBytes} bytes were fetched for one chunk of at most ${largest}`);
  expect(await storedHashesAgree(reopened.page), 'the stored chunk is still damaged');
}

function weightsBytes({ server, model }: ScenarioContext): number {
  return server.requests
    .filter(({ path }) => path === model.weightsPath)
    .reduce((sum, { sentBytes }) => sum + sentBytes, 0);
}
