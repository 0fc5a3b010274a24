// The model picker as a person uses it: the list, an address (of a split model), a file of the device, and back.
import { readFileSync } from 'node:fs';
import { planGguf } from '../../src/convert/convert-gguf.ts';
import { readGguf } from '../../src/gguf/reader.ts';
import { MemorySource } from '../../src/util/byte-source.ts';
import type { RunningBrowser } from '../browsers.ts';
import { writeToMemory } from '../support/converted-model.ts';
import { ChatPage, READY_TIMEOUT_MS } from './chat-page.ts';
import { expect, NotApplicable, type Scenario, type ScenarioContext, type Step } from './scenario.ts';
import { summarizeStore } from './stored-model.ts';

/** Cuts the default model into a few files. */
const SHARD_BYTES = 2_500_000;
/** Room for less than one chunk. */
const FULL_DISK_BYTES = 3_000_000;
const QUESTION = 'What is the capital of France?';
const PHONE = { width: 360, height: 740, deviceScaleFactor: 2 };

/** Scenario: another model by address and by file, a wrong address, and the default model again. */
export const modelPicker: Scenario = {
  name: 'model picker',
  isTimed: false,
  begin(context) {
    let running: RunningBrowser;
    let chat: ChatPage;
    return [
      {
        name: 'lists the models with size, memory and whether they fit',
        async run() {
          running = await context.start();
          chat = await context.open(running);
          await chat.waitUntilReady();
          await checkList(context, chat);
        },
      },
      {
        name: 'says what is wrong with an address',
        async run() {
          const problem = await chat.enterAddress('ftp://example.org/model.gguf');
          expect(problem.length > 0, 'nothing is said about an ftp address');
        },
      },
      { name: 'loads a split model by its address', run: () => loadSplit(context, chat) },
      { name: 'loads a file of the device, which is not copied', run: () => loadFile(context, chat) },
      {
        name: 'a model that is not there is one clear error with ways out',
        async run() {
          await chat.openPicker();
          await chat.enterAddress(`${context.server.url}nowhere.gguf`);
          await chat.confirm();
          const { loadError } = await chat.waitFor(
            'the error',
            (state) => state.loadError !== null,
            READY_TIMEOUT_MS,
          );
          expect(/404|not found/i.test(loadError ?? ''), `the error is "${loadError}"`);
          await context.picture(chat, 'model-not-there');
        },
      },
      {
        name: 'says that a full disk keeps no model, which works all the same',
        run: () => fillDisk(context, running),
      },
    ] satisfies Step[];
  },
};

async function checkList(context: ScenarioContext, chat: ChatPage): Promise<void> {
  const rows = await chat.openPicker();
  const bitnet = rows.find((row) => row.includes('BitNet'));
  expect(bitnet !== undefined, `no BitNet in the list: ${rows.join(' | ')}`);
  expect(/download/.test(bitnet) && /memory/.test(bitnet), `the row lacks its sizes: ${bitnet}`);
  expect(rows.filter((row) => row.includes('In use')).length === 1, 'no row, or several, are in use');
  context.facts.models = rows.length;
  await context.picture(chat, 'model-picker');
  const before = chat.page.viewport();
  await chat.page.setViewport(PHONE);
  await context.picture(chat, 'model-picker-phone');
  await chat.page.setViewport(before);
}

async function loadSplit(context: ScenarioContext, chat: ChatPage): Promise<void> {
  const files = await splitModel(context);
  expect(files.size >= 2, `the model was cut into ${files.size} file`);
  for (const [name, bytes] of files) context.server.substitute(`/split/${name}`, bytes);
  const [first] = files.keys();
  context.server.clearRequests();
  const problem = await chat.enterAddress(`${context.server.url}split/${first}`);
  expect(problem === '', `the address is refused: ${problem}`);
  await answerAfterLoad(chat);
  const asked = new Set(context.server.requests.map(({ path }) => path));
  for (const name of files.keys()) expect(asked.has(`/split/${name}`), `${name} was not asked for`);
  const { models } = await summarizeStore(chat.page);
  expect(models === 1 + files.size, `${models} files are stored; expected ${1 + files.size}`);
}

async function loadFile(context: ScenarioContext, chat: ChatPage): Promise<void> {
  const before = await summarizeStore(chat.page);
  await chat.openPicker();
  await chat.chooseFile(context.buildFolder + context.model.weightsPath);
  await answerAfterLoad(chat);
  const after = await summarizeStore(chat.page);
  expect(after.models === before.models, 'a file that was picked was copied into the store');
}

// The page leaves the ready state when the choice is confirmed, so the wait cannot see the model before.
async function answerAfterLoad(chat: ChatPage): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 200));
  await chat.confirm();
  await chat.waitFor('the load to begin', ({ isReady }) => !isReady, 10_000);
  await chat.waitUntilReady();
  const { answers } = await chat.ask(QUESTION);
  expect(/Paris/.test(answers.at(-1) ?? ''), `the answer is "${answers.at(-1)}"; expected Paris in it`);
}

async function fillDisk(context: ScenarioContext, running: RunningBrowser): Promise<void> {
  if (context.browserName !== 'chromium') throw new NotApplicable('only Chromium lets a test set the quota');
  const page = await running.newPrivatePage();
  const session = await page.createCDPSession();
  const { origin } = new URL(context.server.url);
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: FULL_DISK_BYTES });
  const chat = await ChatPage.open(page, context.server.url);
  await chat.waitUntilReady();
  const notice = await page.$eval('#notices', (element) => element.textContent);
  expect(/not kept/.test(notice), `the page does not say that the model is not kept: "${notice}"`);
  const { answers } = await chat.ask(QUESTION);
  expect(/Paris/.test(answers.at(-1) ?? ''), `the answer is "${answers.at(-1)}"; expected Paris in it`);
  await context.picture(chat, 'disk-full');
}

async function splitModel({ buildFolder, model }: ScenarioContext): Promise<ReadonlyMap<string, Uint8Array>> {
  const source = new MemorySource(
    'model.gguf',
    new Uint8Array(readFileSync(buildFolder + model.weightsPath)),
  );
  const plan = planGguf(await readGguf(source), source, { matrices: 'i2_s' });
  return (await writeToMemory(plan, { shardBytes: SHARD_BYTES })).files;
}
