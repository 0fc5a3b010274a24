// Tiny random models of every architecture, arithmetic and storage type against a forward pass in f64:
// node scripts/run-ts.mjs test/model/synthetic.ts TARGET [FILTER]   (VK_ICD_FILENAMES chooses the driver)
import { KV_KINDS, type KvKind } from '../../shaders/common/kv/layout.ts';
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import { readSplitGguf } from '../../src/gguf/split.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import { loadModel } from '../../src/loader/load-model.ts';
import { GgufTensorSet } from '../../src/loader/tensor-set.ts';
import { readQuantizationMetadata } from '../../src/quant/quantization-metadata.ts';
import { Sequence } from '../../src/runtime/sequence.ts';
import { MemorySource } from '../../src/util/byte-source.ts';
import { EXPECTED_ADAPTER } from '../gpu/expected-adapter.ts';
import { report, type StatusRecord, summarize } from '../report.ts';
import { countFused } from './fused-decode.ts';
import { relativeL2 } from './judge.ts';
import { type ReferenceModel, readReference, referenceLogits } from './reference-decoder.ts';
import { makeSynthetic, SIZES, type Storage } from './synthetic-models.ts';
import { QUANTIZED_TESTS } from './synthetic-quantized-tests.ts';
import type { SyntheticTest } from './synthetic-test.ts';
import { TEST_ADAPTER } from './test-adapter.ts';

/** Tokens of the prompt: more than one chunk. */
const IDS = Array.from({ length: 21 }, (_, i) => (i * 97 + 13) % SIZES.vocabulary);
const CHUNK_TOKENS = 16;
const CONTEXT_LENGTH = 64;

/** Largest relative L2 error at any position: f32 against f64, as long as no int8 code differs. */
const MAX_ERROR = 1e-5;

/**
 * A difference of 1e-7 upstream may flip an int8 code at a tie, which moves all logits after it by up to 3e-2 (see
 * test/data/README.md). A wrong formula is wrong for every seed, a flip is not: so one of these must be within
 * MAX_ERROR, and all within the larger bound.
 */
const INT8_SEEDS = [1, 2, 3];
const MAX_ERROR_AFTER_FLIP = 5e-2;

/**
 * The same where keys and values lose precision. Per value: 2^-11 for f16; for codes a step of max / 127 or max / 8, where the
 * maximum is about three deviations, hence 0.7 % and 11 %; times the root of two layers, with some room. A head that is not
 * rotated back, or a scale of another token, gives an error of about 1.
 */
const MAX_ERROR_OF_CACHE: Readonly<Record<KvKind, number>> = {
  f32: MAX_ERROR,
  f16: 1e-3,
  int8: 1.5e-2,
  int4: 0.2,
};

const all = (storage: Storage) => () => storage;
const f32 = (value: number) => ({ type: 'f32', value }) as const;
const text = (value: string) => ({ type: 'string', value }) as const;

function plainFrequencies(headDim: number): number[] {
  return Array.from({ length: headDim / 2 }, (_, i) => 10000 ** ((-2 * i) / headDim));
}

const factors = Float32Array.from({ length: SIZES.headDim / 2 }, (_, i) => (i < 8 ? 1 : 1 + (i - 7) * 0.25));

const STORAGES: readonly Storage[] = [
  'f32',
  'f16',
  'bf16',
  'q8_0',
  'q4_0',
  'q4_k',
  'q6_k',
  'q1_0',
  'q2_0',
  'tq2_0',
];

/** Parts of one stack unlike each other, also with and without minima, in groups of many sizes, and floats. */
const MIXED: Readonly<Record<string, Storage>> = {
  attn_q: 'q1_0',
  attn_k: 'q2_0',
  attn_v: 'q4_k',
  attn_output: 'tq2_0',
  ffn_gate: 'bf16',
  ffn_up: 'q8_0',
  ffn_down: 'tq2_0',
};
const mixed = (tensor: string): Storage => MIXED[tensor.replace(/^blk\.\d+\./, '')];

const TESTS: readonly SyntheticTest[] = [
  ...QUANTIZED_TESTS,
  ...STORAGES.map(
    (storage): SyntheticTest => ({
      name: `llama ${storage}, tables alike`,
      architecture: 'llama',
      matrices: all(storage),
      tables: storage,
      untied: true,
      activations: 'float',
    }),
  ),
  ...STORAGES.filter((storage) => !/^b?f/.test(storage)).map(
    (storage): SyntheticTest => ({
      name: `llama ${storage} in blocks`,
      architecture: 'llama',
      matrices: all(storage),
      arithmetic: 'block',
      activations: 'int8-blocks',
    }),
  ),
  {
    name: 'llama in blocks, every matrix in another storage',
    architecture: 'llama',
    matrices: mixed,
    biases: true,
    arithmetic: 'block',
    activations: 'int8-blocks',
  },
  {
    name: 'llama in int8 by token, every matrix in another storage',
    architecture: 'llama',
    matrices: mixed,
    fileKeys: { 'sterna.activations': text('int8-token') },
    activations: 'int8',
  },
  {
    name: 'llama q4_k with q6_k for some, as Q4_K_M files',
    architecture: 'llama',
    matrices: (tensor) => (/attn_v|ffn_down/.test(tensor) ? 'q6_k' : 'q4_k'),
    tables: 'q6_k',
    activations: 'float',
  },
  {
    name: 'llama with frequency factors and biases',
    architecture: 'llama',
    matrices: all('f16'),
    ropeFactors: factors,
    frequencies: plainFrequencies(64).map((frequency, i) => frequency / factors[i]),
    biases: true,
    activations: 'float',
  },
  {
    name: 'llama with linear scaling',
    architecture: 'llama',
    matrices: all('f16'),
    keys: { 'rope.scaling.type': text('linear'), 'rope.scaling.factor': f32(4) },
    frequencies: plainFrequencies(64).map((frequency) => frequency / 4),
    activations: 'float',
  },
  ...(['ternary-i2_s', 'ternary-tq1_0', 'ternary-tq2_0'] as const).map(
    (storage): SyntheticTest => ({
      name: `llama BitLinear, ${storage}`,
      architecture: 'llama',
      matrices: all(storage),
      untied: true,
      activations: 'int8',
    }),
  ),
  { name: 'qwen2', architecture: 'qwen2', matrices: all('f16'), biases: true, activations: 'float' },
  {
    name: 'qwen3 with wide heads',
    architecture: 'qwen3',
    matrices: all('q1_0'),
    headDim: 128,
    activations: 'float',
  },
  ...KV_KINDS.slice(1).map(
    (kvCache): SyntheticTest => ({
      name: `llama with a cache of ${kvCache}`,
      architecture: 'llama',
      matrices: all('f16'),
      activations: 'float',
      kvCache,
    }),
  ),
  {
    name: 'qwen3 with wide heads and a cache of int4',
    architecture: 'qwen3',
    matrices: all('f16'),
    headDim: 128,
    activations: 'float',
    kvCache: 'int4',
  },
  { name: 'olmo', architecture: 'olmo', matrices: all('f16'), activations: 'float' },
  {
    name: 'olmo with a clip',
    architecture: 'olmo',
    matrices: all('f16'),
    keys: { 'attention.clamp_kqv': f32(0.7) },
    activations: 'float',
  },
  {
    name: 'olmo BitLinear in blocks',
    architecture: 'olmo',
    matrices: all('ternary-i2_s'),
    arithmetic: 'block',
    activations: 'int8-blocks',
    isBitLinear: true,
  },
  {
    name: 'bitnet-b1.58 BitLinear in blocks',
    architecture: 'bitnet-b1.58',
    matrices: all('ternary-tq2_0'),
    arithmetic: 'block',
    activations: 'int8-blocks',
    isBitLinear: true,
  },
  { name: 'olmo BitLinear', architecture: 'olmo', matrices: all('ternary-i2_s'), activations: 'int8' },
  {
    name: 'bitnet BitLinear with scales apart',
    architecture: 'bitnet',
    matrices: all('ternary-tq2_0'),
    scales: true,
    activations: 'int8',
  },
  { name: 'bitnet', architecture: 'bitnet', matrices: all('f16'), activations: 'float' },
  { name: 'bitnet BitLinear', architecture: 'bitnet', matrices: all('ternary-i2_s'), activations: 'int8' },
  {
    name: 'bitnet-b1.58 BitLinear',
    architecture: 'bitnet-b1.58',
    matrices: all('ternary-tq2_0'),
    activations: 'int8',
  },
];

async function check(test: SyntheticTest, gpu: GpuContext): Promise<string> {
  const isInt8 = test.activations !== 'float';
  const errors: number[] = [];
  for (const seed of isInt8 ? INT8_SEEDS : [1]) errors.push(await largestError(test, seed, gpu));
  const detail = `relative L2 errors ${errors.map((error) => error.toExponential(1)).join(', ')}`;
  const worst = Math.max(...errors); // NaN when any is
  const bound = MAX_ERROR_OF_CACHE[test.kvCache ?? 'f32'];
  const fits = worst <= (isInt8 ? MAX_ERROR_AFTER_FLIP : bound) && Math.min(...errors) <= bound;
  if (!fits) throw new Error(`${detail}; allowed is ${bound}, ${MAX_ERROR_AFTER_FLIP} after a flip`);
  return `${test.activations} activations, ${detail}`;
}

async function openReference(
  test: SyntheticTest,
  seed: number,
  options: Parameters<typeof readReference>[2],
): Promise<ReferenceModel> {
  const source = new MemorySource('reference.gguf', await makeSynthetic(test.sameAs ?? test, seed));
  const file = await readSplitGguf(source, undefined, undefined);
  const codes = readQuantizationMetadata(file)?.codes;
  return readReference(file, new GgufTensorSet(file, source, codes), options);
}

/** Of prefill at the last position and of decode at every position. */
async function largestError(test: SyntheticTest, seed: number, gpu: GpuContext): Promise<number> {
  const source = new MemorySource(`${test.name}.gguf`, await makeSynthetic(test, seed));
  const model = await loadModel(source, gpu, {
    contextLength: CONTEXT_LENGTH,
    maxChunkTokens: CHUNK_TOKENS,
    kvCache: test.kvCache,
    headPrecision: 'file',
    arithmetic: test.arithmetic,
    fusedDecode: test.fused ? 'always' : undefined,
  });
  try {
    if (model.activations !== test.activations) {
      throw new Error(`the activations are ${model.activations}; expected ${test.activations}`);
    }
    // WebAssembly has no fused kernels: there the same file decodes by the plain graph.
    if (test.fused && !gpu.features.has('wasm')) countFused(model);
    const isBitLinear = test.isBitLinear ?? test.activations === 'int8';
    const frequencies = test.frequencies ?? plainFrequencies(test.headDim ?? SIZES.headDim);
    const reference = await openReference(test, seed, {
      frequencies,
      activations: test.activations,
      isBitLinear,
    });
    const expected = referenceLogits(reference, IDS);
    // Prompts of BitLinears are computed in exact arithmetic, whatever decodes.
    const ofPrompt = isBitLinear ? referenceLogits({ ...reference, activations: 'int8' }, IDS) : expected;
    const sequence = await Sequence.create(model);
    const prefilled = await sequence.logits(IDS);
    const decoded = await sequence.logits(IDS, { all: true });
    const errors = expected.map((row, position) =>
      relativeL2(decoded.subarray(position * row.length, (position + 1) * row.length), row),
    );
    errors.push(relativeL2(prefilled, ofPrompt[IDS.length - 1]));
    return Math.max(...errors);
  } finally {
    model.dispose();
  }
}

/** Runs the suite; the exit code is 0 when nothing failed. */
export async function main([target = 'default', filter = '']: string[]): Promise<number> {
  const gpu = await acquireNodeDevice(TEST_ADAPTER);
  const { adapter } = gpu;
  const description = `${adapter.vendor} ${adapter.architecture} ${adapter.device} ${adapter.description}`;
  const wanted = EXPECTED_ADAPTER[target];
  if (wanted && !wanted.test(description)) {
    throw new Error(`The adapter is "${description}"; expected ${target}. Run npm run setup.`);
  }
  const records: StatusRecord[] = [];
  for (const test of TESTS.filter(({ name }) => name.includes(filter))) {
    const { name } = test;
    try {
      records.push({ name, status: 'passed', detail: await check(test, gpu) });
    } catch (error) {
      records.push({
        name,
        status: 'failed',
        detail: error instanceof Error ? error.message : String(error),
      });
    }
    const { status, detail } = records[records.length - 1];
    console.log(`  ${status.padEnd(7)} ${name}: ${detail}`);
  }
  const facts = { adapter: adapter.description || adapter.device };
  const code = await report([summarize('synthetic models', target, records, facts)]);
  gpu.dispose();
  return code;
}
