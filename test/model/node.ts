// Whole models through the command line, against independent reference logits and texts:
// node scripts/run-ts.mjs test/model/node.ts TARGET   (VK_ICD_FILENAMES chooses the driver, as for the kernel suite)

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TokenCounts } from '../../src/api/benchmark-types.ts';
import { openFileSource } from '../../src/cli/file-source.ts';
import { report, type StatusRecord, summarize } from '../report.ts';
import { checkAutotune } from './autotune.ts';
import { sterna, sternaLogits } from './command-line.ts';
import { checkFusedCache, checkFusedDecode } from './fused-decode.ts';
import { argmaxError, relativeL2, topTwo } from './judge.ts';
import { closeModels, modelLogits, modelScores, sharedModel } from './open-models.ts';
import { withOutlierChannels } from './outlier-model.ts';
import { checkScores } from './scores.ts';
import { checkSpeculation } from './speculation.ts';
import { countModelFile, countSynthetic, findExcess, readIds } from './steady-state.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TINY_MODEL = `${ROOT}test/data/tiny-bitnet-b1.58-i2s.gguf`;
const DEFAULT_MODEL = `${ROOT}models/sterna-chat`;
const TINY_VOCABULARY = 320;

/** See test/data/README.md for all four. */
const MAX_RELATIVE_L2 = 1e-2;
const MAX_RELATIVE_L2_INT8_EMBEDDING = 3e-2;
const MIN_ARGMAX_GAP = 0.1;
const MIN_TEXT_GAP = 0.3;

/** More than the first paced pass takes. */
const PACED_TOKENS = 40;

/** For the fused decoding with outliers, whose kernels are slow on adapters that compute on the CPU. */
const OUTLIER_TOKENS = 32;

const END_OF_TURN = '<|eot_id|>';
const EMBEDDING = 'token_embd.weight';

interface LogitsCase {
  readonly ids: readonly number[];
  readonly last_logits: readonly number[];
  readonly argmax_all: readonly number[];
}

interface ChatCase extends LogitsCase {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly greedy_ids: readonly number[];
  readonly greedy_text: string;
  readonly min_top2_gap: number;
}

/** Runs one test; what it returns goes into the report, what it throws is its failure. */
async function test(records: StatusRecord[], name: string, run: () => Promise<string>): Promise<void> {
  try {
    records.push({ name, status: 'passed', detail: await run() });
  } catch (error) {
    records.push({ name, status: 'failed', detail: error instanceof Error ? error.message : String(error) });
  }
  const { status, detail } = records[records.length - 1];
  console.log(`  ${status.padEnd(7)} ${name} ${detail}`);
}

function readCases<T>(file: string): readonly T[] {
  return JSON.parse(readFileSync(`${ROOT}test/data/${file}`, 'utf8')).cases;
}

function expectThat(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

/** Logits at every position: the last row by its error, all rows by their arg-max. */
async function checkLogits(model: string, expected: LogitsCase, maxRelativeL2: number): Promise<string> {
  const { ids, last_logits: lastLogits, argmax_all: argmaxAll } = expected;
  const rows = await modelLogits(model, ids, { all: true });
  const vocabulary = lastLogits.length;
  expectThat(
    rows.length === ids.length * vocabulary,
    `${rows.length} logits; expected ${ids.length} x ${vocabulary}`,
  );
  const last = rows.subarray((ids.length - 1) * vocabulary);
  const error = relativeL2(last, lastLogits);
  expectThat(error <= maxRelativeL2, `relative L2 error is ${error}; allowed is ${maxRelativeL2}`);
  const reference = topTwo(lastLogits);
  if (reference.gap > MIN_ARGMAX_GAP) {
    expectThat(topTwo(last).index === reference.index, `last arg-max is not ${reference.index}`);
  }
  const wrong = argmaxError(rows, argmaxAll, MIN_ARGMAX_GAP);
  expectThat(wrong === null, wrong ?? '');
  return `relative L2 ${error.toExponential(1)}`;
}

/** Without --all the command writes one row, and it is the last of all rows. */
async function checkLastRow(model: string, { ids, last_logits: lastLogits }: LogitsCase): Promise<string> {
  const row = await sternaLogits(model, ids, { all: false });
  const error = relativeL2(row, lastLogits);
  expectThat(error <= MAX_RELATIVE_L2, `relative L2 error is ${error}; allowed is ${MAX_RELATIVE_L2}`);
  return `relative L2 ${error.toExponential(1)}`;
}

/** The model, shown its own greedy text, would write every token of it again. */
async function checkGreedyIds(model: string, { ids, greedy_ids: greedyIds }: ChatCase): Promise<string> {
  const rows = await modelLogits(model, [...ids, ...greedyIds.slice(0, -1)], { all: true });
  const vocabulary = rows.length / (ids.length + greedyIds.length - 1);
  const wrong = argmaxError(rows.subarray((ids.length - 1) * vocabulary), greedyIds, MIN_ARGMAX_GAP);
  expectThat(wrong === null, wrong ?? '');
  return `${greedyIds.length} tokens`;
}

/** The chat as a person would start it, word for word. */
async function checkGreedyText(model: string, chat: ChatCase): Promise<string> {
  const options = [
    '--temperature',
    '0',
    '--repetition-penalty',
    '1',
    '--max-tokens',
    String(chat.greedy_ids.length),
  ];
  const { code, stdout, stderr } = await sterna(['run', model, chat.messages[0].content, ...options]);
  expectThat(code === 0, `sterna run ended with ${code}: ${stderr.trim()}`);
  const expected = chat.greedy_text.replace(END_OF_TURN, '').trim();
  expectThat(stdout.trim() === expected, `the text is "${stdout.trim()}"; expected "${expected}"`);
  return `"${expected.slice(0, 50)}"`;
}

async function testTinyModel(records: StatusRecord[]): Promise<void> {
  const cases = readCases<LogitsCase>('tiny-bitnet-b1.58-i2s.exact.json');
  for (const entry of cases) {
    const name = `tiny bitnet-b1.58, ${entry.ids.length} tokens`;
    await test(records, `${name}: logits, reference from the file`, () =>
      checkLogits(TINY_MODEL, entry, MAX_RELATIVE_L2),
    );
  }
  for (const [index, entry] of readCases<LogitsCase>('tiny-bitnet-b1.58-i2s.expected.json').entries()) {
    await testPublishedReference(records, entry, cases[index]);
  }
  await test(records, 'tiny bitnet-b1.58: last row alone', () => checkLastRow(TINY_MODEL, cases[0]));
}

/**
 * The logits published with the fixture were made before its embedding was rounded to F16. Where they differ from an f64
 * evaluation of the file itself by more than the bound, no engine that reads the file can meet them: then every arg-max
 * must still agree, and the difference is the reason of the skip.
 */
async function testPublishedReference(
  records: StatusRecord[],
  published: LogitsCase,
  exact: LogitsCase,
): Promise<void> {
  const name = `tiny bitnet-b1.58, ${published.ids.length} tokens`;
  await test(records, `${name}: arg-max, published reference`, async () => {
    const rows = await modelLogits(TINY_MODEL, published.ids, { all: true });
    const wrong = argmaxError(rows, published.argmax_all, MIN_ARGMAX_GAP);
    expectThat(wrong === null, wrong ?? '');
    return `${published.argmax_all.length} positions`;
  });
  const difference = relativeL2(Float32Array.from(exact.last_logits), published.last_logits);
  if (difference <= MAX_RELATIVE_L2) {
    await test(records, `${name}: logits, published reference`, () =>
      checkLogits(TINY_MODEL, published, MAX_RELATIVE_L2),
    );
    return;
  }
  const detail = `an f64 evaluation of the file itself is ${difference.toExponential(2)} away from it`;
  records.push({ name: `${name}: logits, published reference`, status: 'skipped', detail });
}

async function testDefaultModel(records: StatusRecord[]): Promise<void> {
  const { stdout, code, stderr } = await sterna(['inspect', DEFAULT_MODEL, '--json']);
  if (code !== 0) {
    records.push({ name: 'sterna-chat: inspect', status: 'failed', detail: stderr.trim() });
    return;
  }
  const tensors: { name: string; type: string }[] = JSON.parse(stdout).tensors;
  const embedding = tensors.find(({ name }) => name === EMBEDDING)?.type ?? '(absent)';
  const maxRelativeL2 = /^(F32|F16|BF16)/.test(embedding) ? MAX_RELATIVE_L2 : MAX_RELATIVE_L2_INT8_EMBEDDING;
  for (const chat of readCases<ChatCase>('sterna-chat-golden.json')) {
    const question = chat.messages.at(-1)?.content ?? '';
    const name = `sterna-chat, "${question}"`;
    await test(records, `${name}: logits (embedding ${embedding})`, () =>
      checkLogits(DEFAULT_MODEL, chat, maxRelativeL2),
    );
    await test(records, `${name}: greedy ids`, () => checkGreedyIds(DEFAULT_MODEL, chat));
    if (chat.messages.length > 1) continue;
    if (chat.min_top2_gap > MIN_TEXT_GAP) {
      await test(records, `${name}: greedy text`, () => checkGreedyText(DEFAULT_MODEL, chat));
    } else {
      const detail = `the best two tokens come within ${chat.min_top2_gap}, nearer than ${MIN_TEXT_GAP}`;
      records.push({ name: `${name}: greedy text`, status: 'skipped', detail });
    }
  }
}

/** Scores of a text are what the logits at each position say. */
async function testScoring(records: StatusRecord[]): Promise<void> {
  const [{ ids, greedy_ids: greedyIds }] = readCases<ChatCase>('sterna-chat-golden.json');
  const text = [...ids, ...greedyIds];
  await test(records, 'scoring in one pass: losses as of the logits of prefill', () =>
    checkScores(DEFAULT_MODEL, text.slice(0, 13), { path: 'prefill', paced: false }),
  );
  const twice = [...text, ...text].slice(0, PACED_TOKENS);
  await test(records, 'scoring in paced passes: losses as of the logits of decode', () =>
    checkScores(DEFAULT_MODEL, twice, { path: 'decode', paced: true }),
  );
  await test(records, 'scoring: a model is no distance from itself', async () => {
    const { best, reference } = await modelScores(DEFAULT_MODEL, text, { paced: false, reference: true });
    const largest = Math.max(...(reference?.divergences ?? [Number.NaN]));
    expectThat(largest >= 0 && largest < 1e-6, `the largest divergence is ${largest}; allowed is 1e-6`);
    expectThat(
      best.every((id, index) => id === reference?.best[index]),
      'the best tokens differ',
    );
    return `KL at most ${largest.toExponential(1)}`;
  });
}

/** Bad input: a non-zero exit status and one line that says what is wrong. */
async function testBadInput(records: StatusRecord[]): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sterna-bad-input-'));
  const truncated = path.join(folder, 'truncated.gguf');
  writeFileSync(truncated, readFileSync(TINY_MODEL).subarray(0, 300_000));
  const out = path.join(folder, 'out.f32');
  const cases: [name: string, args: string[]][] = [
    ['a file that does not exist', ['inspect', path.join(folder, 'none.gguf')]],
    ['a truncated model', ['logits', truncated, '--ids', '1', '--out', out]],
    ['a token id outside the vocabulary', ['logits', TINY_MODEL, '--ids', '320', '--out', out]],
    ['an unknown adapter', ['logits', TINY_MODEL, '--ids', '1', '--out', out, '--adapter', 'none']],
  ];
  for (const [name, args] of cases) {
    await test(records, `sterna refuses ${name}`, async () => {
      const { code, stderr } = await sterna(args);
      const lines = stderr.split('\n').filter((line) => line.startsWith('sterna: '));
      expectThat(code !== 0 && code !== null, `exit status is ${code}`);
      expectThat(lines.length === 1, `stderr has ${lines.length} lines of its own: ${stderr}`);
      expectThat(!existsSync(out), 'an output file was written');
      return lines[0].slice(8, 120);
    });
  }
  rmSync(folder, { recursive: true, force: true });
}

/** A token keeps the budget of its mode; after the first ones a generation makes and writes nothing. */
async function testBudget(records: StatusRecord[], target: string): Promise<void> {
  const settings = { greedy: { temperature: 0 }, random: { temperature: 0.8, repetitionPenalty: 1.1 } };
  const show = (counts: TokenCounts) =>
    `${counts.mode}: ${counts.dispatchesPerLayer} L + ${counts.dispatchesBesideLayers} dispatches, ${counts.readBacks} read-backs`;
  for (const [name, sampling] of Object.entries(settings)) {
    await test(records, `budget of a token, ${name}: within bounds, nothing created or written`, async () => {
      const counts = await countModelFile(DEFAULT_MODEL, sampling);
      expectThat(findExcess(counts).length === 0, findExcess(counts).join(', '));
      return show(counts);
    });
  }
  await test(
    records,
    'ids are the same however they are read, also when batches shrink and the ring wraps',
    async () => {
      const shrinking = ({ received }: { received: number }) => [16, 16, 1, 4, 7][received % 5];
      const [single, sixteen, mixed, usual] = await readIds(DEFAULT_MODEL, [
        () => 1,
        () => 16,
        shrinking,
        undefined,
      ]);
      expectThat(single.length === 75, `${single.length} ids came; expected 75`);
      for (const ids of [sixteen, mixed, usual])
        expectThat(ids.join() === single.join(), `${ids} is not ${single}`);
      return `${single.length} ids, four ways`;
    },
  );
  for (const [id, layers] of [['sterna-chat', 2] as const, ['bonsai-1.7b', 1] as const]) {
    const name = `synthetic ${id}, ${layers} layers: sane logits, budget kept`;
    if (target === 'swiftshader' && id === 'bonsai-1.7b') {
      const detail = 'its sizes are slow there: model:llvmpipe counts the same graph of it';
      records.push({ name, status: 'skipped', detail });
      continue;
    }
    await test(records, name, async () => {
      const counts = await countSynthetic(id, layers);
      expectThat(findExcess(counts).length === 0, findExcess(counts).join(', '));
      const { logitSpread } = counts;
      expectThat(
        logitSpread > 1e-3 && logitSpread < 1e3,
        `the logits have a root mean square of ${logitSpread}`,
      );
      return `${show(counts)}; logits of ${logitSpread.toPrecision(2)}`;
    });
  }
}

async function testAutotune(records: StatusRecord[]): Promise<void> {
  await test(records, 'autotuner on the default model', async () =>
    checkAutotune(await sharedModel(DEFAULT_MODEL)),
  );
}

/** Block arithmetic with fused kernels: the dispatch budget, and how far the answers move. */
async function testFusedDecode(records: StatusRecord[], target: string): Promise<void> {
  const [first] = readCases<ChatCase>('sterna-chat-golden.json');
  const ids = [...first.ids, ...first.greedy_ids];
  const manifest = JSON.parse(readFileSync(`${DEFAULT_MODEL}/manifest.json`, 'utf8')) as { url: string };
  const source = await openFileSource(path.join(DEFAULT_MODEL, manifest.url));
  await test(records, 'fused block-mode decoding of the default model', () =>
    checkFusedDecode(source, ids.slice(0, 96)),
  );
  const name = 'fused block-mode decoding of the default model with outlier channels';
  if (target === 'swiftshader') {
    const detail = 'its kernels are slow there: gpu:swiftshader runs them, model:llvmpipe their graph';
    records.push({ name, status: 'skipped', detail });
    return;
  }
  await test(records, name, async () =>
    checkFusedDecode(await withOutlierChannels(source), ids.slice(0, OUTLIER_TOKENS)),
  );
  const tiny = await openFileSource(TINY_MODEL);
  const tinyIds = Array.from({ length: 96 }, (_, index) => (index * 97 + 13) % TINY_VOCABULARY);
  for (const kind of ['f16', 'int8'] as const) {
    await test(records, `fused block-mode decoding of the tiny model with a cache of ${kind}`, () =>
      checkFusedCache(tiny, tinyIds, kind),
    );
  }
}

/** Guessed tokens and answers side by side: the ids of plain decoding. */
async function testSpeculation(records: StatusRecord[]): Promise<void> {
  const [{ ids }] = readCases<ChatCase>('sterna-chat-golden.json');
  await test(records, 'speculation and answers side by side, sterna-chat: the ids of plain decoding', () =>
    checkSpeculation({ model: DEFAULT_MODEL, kvCache: 'f32', prompt: ids, tokens: 10, parallelTokens: 4 }),
  );
  const prompt = Array.from({ length: 58 }, (_, index) => 7 + (index % 23)); // soon beyond a block of the cache
  await test(records, 'speculation and answers side by side, tiny model with an int4 cache', () =>
    checkSpeculation({ model: TINY_MODEL, kvCache: 'int4', prompt, tokens: 14, parallelTokens: 9 }),
  );
}

/** What the WebAssembly backend has not: it has one variant of each kernel. */
function skipOnWasm(records: StatusRecord[], names: readonly string[]): void {
  const detail = 'WebAssembly has one variant of each kernel: nothing is fused and nothing to choose';
  for (const name of names) records.push({ name, status: 'skipped', detail });
}

/** Runs all; the exit code is 0 when nothing failed. */
export async function main([target = 'default']: string[]): Promise<number> {
  const records: StatusRecord[] = [];
  await testTinyModel(records);
  await testDefaultModel(records);
  if (target === 'wasm') skipOnWasm(records, ['fused block-mode decoding', 'autotuner on the default model']);
  else await testFusedDecode(records, target);
  await testSpeculation(records);
  await testScoring(records);
  if (target !== 'wasm') await testAutotune(records); // last: it leaves other kernels behind
  await closeModels();
  await testBadInput(records);
  await testBudget(records, target);
  return report([summarize('models', target, records)]);
}
