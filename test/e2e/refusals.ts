// What the page must refuse, plainly: damaged and hostile model files.
import { readFileSync } from 'node:fs';
import type { RunningBrowser } from '../browsers.ts';
import { type BadModel, badModels } from './bad-models.ts';
import { expect, type Scenario, type ScenarioContext, type Step } from './scenario.ts';
import { summarizeStore } from './stored-model.ts';

const REFUSAL_TIMEOUT_MS = 60_000;
/** Longer than any sentence that a person would read. */
const MAX_MESSAGE_CHARACTERS = 600;

/** Scenario: every bad model gives one clear error and leaves nothing in the store. */
export const badModelFiles: Scenario = {
  name: 'bad model files',
  isTimed: false,
  begin(context) {
    let running: RunningBrowser | null = null;
    const sound = readFileSync(context.buildFolder + context.model.weightsPath);
    return badModels(sound).map(
      (model): Step => ({
        name: `refuses ${model.name}`,
        async run() {
          running ??= await context.start();
          await refuse(context, running, model);
        },
      }),
    );
  },
};

async function refuse(context: ScenarioContext, running: RunningBrowser, bad: BadModel): Promise<void> {
  const { server, model } = context;
  const { url, ...rest } = model.manifest as unknown as Record<string, unknown>;
  // No hashes: the file itself must be found wrong, not only different.
  const manifest = { ...rest, url, sizeBytes: bad.statedBytes, sha256: undefined, chunkSha256: undefined };
  server.substitute(model.manifestPath, new TextEncoder().encode(JSON.stringify(manifest)));
  server.substitute(model.weightsPath, bad.bytes);
  // Private: the service worker of an earlier page would answer with its copy of the manifest.
  const chat = await context.open(running, { isPrivate: true });
  const { loadError, isReady } = await chat.waitFor(
    `the refusal of ${bad.name}`,
    (state) => state.loadError !== null || state.isReady,
    REFUSAL_TIMEOUT_MS,
  );
  expect(!isReady, 'the page accepted the file');
  expect(
    loadError !== null && loadError.length < MAX_MESSAGE_CHARACTERS,
    `the error is not one clear line: ${loadError}`,
  );
  expect(bad.complaint.test(loadError), `the error is not about ${bad.complaint}: ${loadError}`);
  expect(!/undefined|\[object|NaN/.test(loadError), `the error has a hole: ${loadError}`);
  console.log(`          ${loadError.slice(0, 200)}`);
  const stored = await summarizeStore(chat.page);
  expect(stored.models === 0 && stored.chunks === 0, `the store keeps ${JSON.stringify(stored)}`);
  await chat.page.close();
}
