// A person's first visit and the one after it: load, chat, stop, reload without a network, chat again. Through WebGPU, also
// where it computes on the CPU; the other scenarios run on what the page chooses.
import type { RunningBrowser } from '../browsers.ts';
import type { ChatPage } from './chat-page.ts';
import { READY_TIMEOUT_MS } from './chat-page.ts';
import { type HeapSampling, sampleHeap } from './heap-sampler.ts';
import { expect, NotApplicable, type Scenario, type ScenarioContext, type Step } from './scenario.ts';
import { summarizeStore } from './stored-model.ts';

/** From the click on Stop to the finished answer on the page. */
const MAX_STOP_MS = 100;
const MIB = 1024 * 1024;
/** Peak JavaScript memory during a load, above the largest chunk. */
const MAX_LOAD_MEMORY_BYTES = 64 * MIB;
/** Slow enough that the progress bar can be seen at work, fast enough not to wait for. */
const DOWNLOAD_BYTES_PER_SECOND = 4 * MIB;
const DEFAULT_CHUNK_BYTES = 4 * MIB;

/** Scenario: load with progress, two turns, stop, offline reload, chat. */
export const firstVisit: Scenario = {
  name: 'first visit',
  isTimed: true,
  begin(context) {
    let running: RunningBrowser;
    let chat: ChatPage;
    return [
      {
        name: 'loads the model and shows progress',
        async run() {
          running = await context.start();
          chat = await loadWithProgress(context, running);
        },
      },
      {
        name: 'peak JavaScript memory of the load stays within the bound',
        run: async () => checkMemory(context),
      },
      {
        name: 'answers the first message',
        async run() {
          const state = await chat.ask('Hello! My name is Anna.');
          expect((state.answers.at(-1) ?? '').length > 0, 'the answer is empty');
          await context.picture(chat, 'first-answer');
        },
      },
      { name: 'answers a second turn and reuses the first one', run: () => secondTurn(context, chat) },
      { name: 'stops in the middle of an answer', run: () => stopInTheMiddle(context, chat) },
      {
        name: 'reloads without a network',
        async run() {
          chat = await reloadOffline(context, running, chat);
        },
      },
      {
        name: 'chats without a network',
        async run() {
          await chat.newChat();
          const state = await chat.ask('What is the capital of France?');
          context.facts.offlineAnswer = (state.answers.at(-1) ?? '').split('\n')[0].slice(0, 60);
          expect(
            /Paris/.test(state.answers.at(-1) ?? ''),
            `the answer is "${state.answers.at(-1)}"; expected Paris in it`,
          );
          await context.picture(chat, 'offline-answer');
          await context.server.goOnline();
        },
      },
    ] satisfies Step[];
  },
};

async function loadWithProgress(context: ScenarioContext, running: RunningBrowser): Promise<ChatPage> {
  context.server.throttle(/\.gguf$/, DOWNLOAD_BYTES_PER_SECOND);
  const chat = await context.open(running, { backend: 'webgpu' });
  const heap = context.browserName === 'chromium' ? await sampleHeap(chat.page) : null;
  const started = performance.now();
  const percents = new Set<number>();
  let details = '';
  await chat.waitFor(
    'the model',
    (state) => {
      if (state.loadError !== null) throw new Error(`the page shows the error: ${state.loadError}`);
      if (state.percent !== null) percents.add(state.percent);
      if (state.percent !== null && state.percent > 0 && details === '') details = state.details;
      return state.isReady;
    },
    READY_TIMEOUT_MS,
  );
  context.facts.firstLoadSeconds = Number(((performance.now() - started) / 1000).toFixed(1));
  context.server.throttle(/\.gguf$/, null);
  if (heap !== null) await noteMemory(context, heap);
  expect(
    percents.size >= 3,
    `the progress bar showed ${[...percents].join(', ')} percent; expected at least 3 values`,
  );
  expect(/\d/.test(details), `the progress details were "${details}"; expected figures`);
  await context.picture(chat, 'ready');
  return chat;
}

async function noteMemory(context: ScenarioContext, heap: HeapSampling): Promise<void> {
  const { peakBytes, samples } = await heap.stop();
  context.facts.peakLoadMemoryMiB = Number((peakBytes / MIB).toFixed(1));
  context.facts.memorySamples = samples;
}

function checkMemory({ facts, browserName, model }: ScenarioContext): void {
  if (browserName !== 'chromium')
    throw new NotApplicable(`${browserName} does not tell its JavaScript memory`);
  const boundBytes = MAX_LOAD_MEMORY_BYTES + (model.manifest.chunkBytes ?? DEFAULT_CHUNK_BYTES);
  const peakMiB = Number(facts.peakLoadMemoryMiB);
  expect(Number(facts.memorySamples) >= 10, `only ${facts.memorySamples} samples were taken`);
  expect(peakMiB * MIB <= boundBytes, `the peak was ${peakMiB} MiB; the bound is ${boundBytes / MIB} MiB`);
}

async function secondTurn(context: ScenarioContext, chat: ChatPage): Promise<void> {
  const state = await chat.ask('What is my name?');
  const answer = state.answers.at(-1) ?? '';
  const reused = /(\d+) of (\d+) prompt tokens reused/.exec(answer);
  expect(reused !== null, `the second answer shows no reused prompt tokens: "${answer}"`);
  context.facts.reusedTokens = `${reused[1]} of ${reused[2]}`;
  const speed = /([\d.]+) tokens\/s/.exec(answer);
  if (speed) context.facts.tokensPerSecond = speed[1];
  expect(/Anna/.test(answer), `the second answer is "${answer}"; expected the name Anna in it`);
  await context.picture(chat, 'second-answer');
}

async function stopInTheMiddle(context: ScenarioContext, chat: ChatPage): Promise<void> {
  const before = (await chat.state()).answers.length;
  await chat.send('Tell me a short story about a lighthouse.');
  await chat.waitFor(
    'the story to begin',
    ({ answers, isAnswering }) =>
      isAnswering && answers.length > before && (answers.at(-1) ?? '').length > 10,
    60_000,
  );
  const elapsedMs = await chat.stopAnswer();
  context.facts.stopMs = Math.round(elapsedMs);
  expect(
    elapsedMs < MAX_STOP_MS,
    `the answer ended ${elapsedMs.toFixed(0)} ms after the click; allowed are ${MAX_STOP_MS}`,
  );
  const stopped = await chat.state();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const later = await chat.state();
  expect(stopped.answers.at(-1) === later.answers.at(-1), 'the answer grew after it was stopped');
  expect(later.isReady, 'the page is not ready for the next message');
}

async function reloadOffline(
  context: ScenarioContext,
  running: RunningBrowser,
  chat: ChatPage,
): Promise<ChatPage> {
  await chat.waitFor('the note that it works offline', ({ status }) => /offline/i.test(status), 60_000);
  const { chunkBytes } = await summarizeStore(chat.page);
  expect(
    chunkBytes === context.model.manifest.sizeBytes,
    `${chunkBytes} bytes are stored; the model has ${context.model.manifest.sizeBytes}`,
  );
  await chat.page.close();
  context.server.clearRequests();
  await context.server.goOffline();
  const started = performance.now();
  const reopened = await context.open(running, { backend: 'webgpu' });
  await reopened.waitUntilReady();
  context.facts.offlineLoadSeconds = Number(((performance.now() - started) / 1000).toFixed(1));
  expect(context.server.requests.length === 0, 'the server was reached although it was off');
  return reopened;
}
