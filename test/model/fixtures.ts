// Tiny models of every architecture and storage type against reference logits that were computed elsewhere:
// node scripts/run-ts.mjs test/model/fixtures.ts TARGET [FILTER]   (VK_ICD_FILENAMES chooses the driver)
// Skipped where the shared test data is missing. The prefill graph runs in chunks, the decode graph token by token.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import { EngineError } from '../../src/errors.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import { type LoadedModel, loadModel } from '../../src/loader/load-model.ts';
import { Sequence } from '../../src/runtime/sequence.ts';
import { EXPECTED_ADAPTER } from '../gpu/expected-adapter.ts';
import { report, type StatusRecord, summarize } from '../report.ts';
import { findSharedFile, missingFile, sourceOfFile } from '../support/shared-data.ts';
import { argmaxError, relativeL2, topTwo } from './judge.ts';
import { TEST_ADAPTER } from './test-adapter.ts';

const FOLDER = 'fixtures/gguf/';
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A hybrid of another kind, which must be refused by name. */
const UNSUPPORTED = 'qwen35';

// Small enough that the longer case takes three chunks.
const CHUNK_TOKENS = 16;
const CONTEXT_LENGTH = 64;

/** Bounds on the relative L2 error of the last logits; the README of the fixtures says why. */
const MAX_ERROR = {
  /** Both sides in real arithmetic: f32 against f64. */
  float: 1e-4,
  /** Both sides quantise activations per token: single codes flip. */
  int8: 1e-2,
  /** Only this side quantises, activations or the embedding. */
  quantized: 2e-2,
  /** Both sides quantise activations, and this side the embedding: its rounding flips codes too. */
  int8Embedding: 3e-2,
  /** Only this side quantises activations, by blocks. */
  blocks: 1e-2,
  /** This side quantises activations by blocks, the other per token: what the model was made for has the larger error. */
  blocksForTokens: 4e-2,
} as const;

/** Nearer than this, either of the best two may win. */
const MIN_ARGMAX_GAP = 0.1;

/** How a fixture is loaded. */
interface Mode {
  /** Follows the name of the fixture in the report. */
  readonly suffix: string;
  readonly headPrecision: 'file' | 'int8';
  readonly arithmetic: 'exact' | 'block';
}

const MODES: readonly Mode[] = [
  { suffix: '', headPrecision: 'file', arithmetic: 'exact' },
  { suffix: ', int8 head', headPrecision: 'int8', arithmetic: 'exact' },
  { suffix: ', block arithmetic', headPrecision: 'file', arithmetic: 'block' },
];

interface Expected {
  readonly file: string;
  readonly architecture: string;
  readonly activations: string;
  readonly cases: readonly {
    readonly ids: readonly number[];
    readonly last_logits: readonly number[];
    readonly argmax_all: readonly number[];
  }[];
}

function boundFor(expected: Expected, model: LoadedModel, mode: Mode): number {
  const expectsInt8 = expected.activations !== 'float';
  if (mode.arithmetic === 'block') return expectsInt8 ? MAX_ERROR.blocksForTokens : MAX_ERROR.blocks;
  if (mode.headPrecision === 'int8') return expectsInt8 ? MAX_ERROR.int8Embedding : MAX_ERROR.quantized;
  if (expectsInt8) return MAX_ERROR.int8;
  return model.activations === 'int8' ? MAX_ERROR.quantized : MAX_ERROR.float;
}

async function checkModel(path: string, expected: Expected, mode: Mode, gpu: GpuContext) {
  const { headPrecision, arithmetic } = mode;
  const sizes = { contextLength: CONTEXT_LENGTH, maxChunkTokens: CHUNK_TOKENS };
  const options = { ...sizes, headPrecision, arithmetic };
  const model = await loadModel(sourceOfFile(path), gpu, options);
  try {
    const sequence = await Sequence.create(model);
    const maxError = boundFor(expected, model, mode);
    let worst = 0;
    for (const [index, { ids, last_logits: lastLogits, argmax_all: argmaxAll }] of expected.cases.entries()) {
      const rows = await sequence.logits(ids, { all: true });
      const decoded = rows.subarray((ids.length - 1) * lastLogits.length);
      const prefilled = await sequence.logits(ids);
      for (const [graph, logits] of Object.entries({ prefill: prefilled, decode: decoded })) {
        const error = relativeL2(logits, lastLogits);
        if (!(error <= maxError)) {
          throw new Error(`case ${index}, ${graph}: relative L2 error is ${error}; allowed is ${maxError}`);
        }
        worst = Math.max(worst, error);
        const best = topTwo(lastLogits).index;
        if (index === 0 && topTwo(logits).index !== best) {
          throw new Error(`${graph}: arg-max is ${topTwo(logits).index}; expected ${best}`);
        }
      }
      const wrong = maxError <= MAX_ERROR.int8 ? argmaxError(rows, argmaxAll, MIN_ARGMAX_GAP) : null;
      if (wrong !== null) throw new Error(`case ${index}: ${wrong}`);
    }
    return `${model.activations} activations, relative L2 error ${worst.toExponential(1)}`;
  } finally {
    model.dispose();
  }
}

async function checkRefusal(path: string, gpu: GpuContext): Promise<string> {
  try {
    const model = await loadModel(sourceOfFile(path), gpu);
    model.dispose();
  } catch (error) {
    if (error instanceof EngineError && error.code === 'unsupported-model') return error.message;
    throw error;
  }
  throw new Error('the model was loaded; a refusal was expected');
}

async function record(name: string, run: () => Promise<string>): Promise<StatusRecord> {
  let outcome: StatusRecord;
  try {
    outcome = { name, status: 'passed', detail: await run() };
  } catch (error) {
    outcome = { name, status: 'failed', detail: error instanceof Error ? error.message : String(error) };
  }
  console.log(`  ${outcome.status.padEnd(7)} ${name}: ${outcome.detail}`);
  return outcome;
}

// The given reference of this model was computed before its embedding was rounded to F16: test/data/README.md.
const OWN_REFERENCES: Readonly<Record<string, string>> = {
  'tiny-bitnet-b1.58-i2s': `${ROOT}test/data/tiny-bitnet-b1.58-i2s.exact.json`,
};

/** Checks one model in every mode, or that it is refused. */
async function checkFixture(folder: string, name: string, gpu: GpuContext): Promise<StatusRecord[]> {
  const path = `${folder}${name}.gguf`;
  const given: Expected = JSON.parse(readFileSync(`${folder}${name}.expected.json`, 'utf8'));
  const own = OWN_REFERENCES[name];
  const expected = own === undefined ? given : { ...given, ...JSON.parse(readFileSync(own, 'utf8')) };
  if (expected.architecture === UNSUPPORTED) {
    return [await record(`${name} is refused`, () => checkRefusal(path, gpu))];
  }
  const records: StatusRecord[] = [];
  for (const mode of MODES) {
    records.push(await record(`${name}${mode.suffix}`, () => checkModel(path, expected, mode, gpu)));
  }
  return records;
}

/** Runs the suite; the exit code is 0 when nothing failed. */
export async function main([target = 'default', filter = '']: string[]): Promise<number> {
  const folder = findSharedFile(FOLDER);
  if (folder === null) {
    const skipped: StatusRecord = { name: 'fixtures', status: 'skipped', detail: missingFile(FOLDER) };
    return report([summarize('fixtures', target, [skipped])]);
  }
  const gpu = await acquireNodeDevice(TEST_ADAPTER);
  const { adapter } = gpu;
  const description = `${adapter.vendor} ${adapter.architecture} ${adapter.device} ${adapter.description}`;
  const wanted = EXPECTED_ADAPTER[target];
  if (wanted && !wanted.test(description)) {
    throw new Error(`The adapter is "${description}"; expected ${target}. Run npm run setup.`);
  }
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.expected.json') && file.includes(filter))
    .map((file) => file.replace('.expected.json', ''))
    .sort();
  const records: StatusRecord[] = [];
  for (const name of names) records.push(...(await checkFixture(folder, name, gpu)));
  const code = await report([
    summarize('fixtures', target, records, { adapter: adapter.description || adapter.device }),
  ]);
  gpu.dispose();
  return code;
}
