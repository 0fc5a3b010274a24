// A browser without WebGPU: the page says so, and chats on the CPU with WebAssembly.
import type { ChatPage } from './chat-page.ts';
import { expect, type Scenario, type Step } from './scenario.ts';

/** From the click on Stop to the finished answer: a turn of the worker, whose steps take a few milliseconds. */
const MAX_STOP_MS = 500;

/** Scenario: notice, load, answer, stop. */
export const withoutWebGpu: Scenario = {
  name: 'without WebGPU',
  isTimed: false,
  begin(context) {
    let chat: ChatPage;
    return [
      {
        name: 'loads the model and says what it runs on',
        async run() {
          chat = await context.open(await context.start({ webgpu: false }));
          const { status } = await chat.waitUntilReady();
          expect(
            /Running on the CPU \(WebAssembly, \d+ threads?\)/.test(status),
            `the status line says "${status}"`,
          );
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
          const { isAnswering } = await chat.state();
          // A short answer may be complete by now: then there is nothing to stop.
          if (isAnswering) {
            const stopMs = await chat.stopAnswer();
            expect(stopMs <= MAX_STOP_MS, `stopping took ${stopMs} ms; expected at most ${MAX_STOP_MS}`);
          }
        },
      },
    ] satisfies Step[];
  },
};
