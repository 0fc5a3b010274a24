// A browser without WebGPU: the page says so, and chats on the CPU with WebAssembly, also without a network. Its server sends
// what `npm start` sends: the policy, which then binds the workers too, and what isolates the page, so that there are threads.
import { CONTENT_SECURITY_POLICY } from '../../scripts/page-build/content-security-policy.ts';
import type { RunningBrowser } from '../browsers.ts';
import type { ChatPage } from './chat-page.ts';
import { expect, type Scenario, type Step } from './scenario.ts';

/** From the click on Stop to the finished answer: a turn of the worker, whose steps take a few milliseconds. */
const MAX_STOP_MS = 500;

const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Scenario: notice, load with threads, answer, stop, reload without a network. */
export const withoutWebGpu: Scenario = {
  name: 'without WebGPU',
  isTimed: false,
  headers: HEADERS,
  begin(context) {
    let running: RunningBrowser | null = null;
    let chat: ChatPage;
    const open = async () => {
      running ??= await context.start({ webgpu: false });
      return context.open(running);
    };
    return [
      {
        name: 'loads the model and says what it runs on',
        async run() {
          chat = await open();
          const { status } = await chat.waitUntilReady();
          const cores = await chat.page.evaluate(() => navigator.hardwareConcurrency);
          const threads = cores === 1 ? '1 thread' : `${Math.min(cores, 8)} threads`;
          const words = `Running on the CPU (WebAssembly, ${threads})`;
          expect(status.includes(words), `the status line says "${status}"; expected "${words}"`);
          const notice = await chat.page.$eval('#notices', (element) => element.textContent);
          expect(
            /does not offer WebGPU|found no graphics processor/.test(notice ?? ''),
            `the notice says "${notice}"`,
          );
          await context.picture(chat, 'without-webgpu');
        },
      },
      {
        name: 'answers',
        async run() {
          const state = await chat.ask('What is the capital of France?');
          const answer = state.answers.at(-1) ?? '';
          expect(/Paris/.test(answer), `the answer is "${answer}"; expected Paris in it`);
          context.facts.wasmTokensPerSecond = /([\d.]+) tokens\/s/.exec(answer)?.[1] ?? 'not shown';
        },
      },
      {
        name: 'stops in the middle of an answer',
        async run() {
          await chat.send('Tell me a very long story about the sea.');
          await chat.waitFor('the first words', ({ answers }) => (answers.at(-1) ?? '').length > 0, 30_000);
          // The answer may be complete before the click: then there was nothing to stop.
          const stopMs = await chat.stopAnswer().catch((error: Error) => {
            if (/nothing to stop/.test(error.message)) return 0;
            throw error;
          });
          expect(stopMs <= MAX_STOP_MS, `stopping took ${stopMs} ms; expected at most ${MAX_STOP_MS}`);
        },
      },
      {
        name: 'reloads and answers without a network',
        async run() {
          await chat.waitFor(
            'the note that it works offline',
            ({ status }) => /offline/i.test(status),
            60_000,
          );
          await chat.page.close();
          await context.server.goOffline();
          chat = await open();
          await chat.waitUntilReady();
          await chat.newChat();
          const state = await chat.ask('What is the capital of France?');
          const answer = state.answers.at(-1) ?? '';
          expect(/Paris/.test(answer), `the answer is "${answer}"; expected Paris in it`);
          await context.server.goOnline();
        },
      },
    ] satisfies Step[];
  },
};
