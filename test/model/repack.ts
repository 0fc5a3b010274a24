// Loads every model twice, repacked by the readers and by kernels, and compares the GPU buffers byte for byte; damaged
// ones must end in the same error: node scripts/run-ts.mjs test/model/repack.ts TARGET [FILTER]
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import { readGguf } from '../../src/gguf/reader.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import { readBuffer } from '../../src/gpu/readback.ts';
import { type LoadModelOptions, loadModel } from '../../src/loader/load-model.ts';
import { type ByteSource, MemorySource } from '../../src/util/byte-source.ts';
import { EXPECTED_ADAPTER } from '../gpu/expected-adapter.ts';
import { report, type StatusRecord, summarize } from '../report.ts';
import { findSharedFile, missingFile, sourceOfFile } from '../support/shared-data.ts';
import { makeSynthetic, type Storage, type SyntheticModel } from './synthetic-models.ts';
import { TEST_ADAPTER } from './test-adapter.ts';

const FOLDER = 'fixtures/gguf/';
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OWN_MODELS = ['test/data/tiny-bitnet-b1.58-i2s.gguf', 'models/sterna-chat/sterna-chat-i2_s.gguf'];
/** A hybrid of another kind, which is refused before any tensor is read. */
const UNSUPPORTED = 'qwen35';

interface Contents {
  /** By label. */
  readonly weights: ReadonlyMap<string, Uint8Array>;
  /** True when some tensor was repacked by kernels. */
  readonly isRepacked: boolean;
}
/** Fixtures of floats alone. */
const PLAIN = /-(f32|tern)\.gguf$/;

type Head = 'file' | 'int8';

// Records what a device creates while `work` runs.
async function withCreated<T>(gpu: GpuContext, work: () => Promise<T>): Promise<[T, readonly GPUBuffer[]]> {
  const { device } = gpu;
  const created: GPUBuffer[] = [];
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    created.push(buffer);
    return buffer;
  };
  try {
    return [await work(), created];
  } finally {
    device.createBuffer = create;
  }
}

const isWeights = ({ label, usage }: GPUBuffer) =>
  (usage & 128) !== 0 && (usage & 4) !== 0 && !label.startsWith('repack');

/** The contents of every storage buffer of a freshly loaded model, by label. */
async function loadContents(
  source: ByteSource,
  gpu: GpuContext,
  options: LoadModelOptions,
): Promise<Contents> {
  const [model, created] = await withCreated(gpu, () =>
    loadModel(source, gpu, { contextLength: 16, maxChunkTokens: 16, ...options }),
  );
  try {
    const contents = new Map<string, Uint8Array>();
    for (const buffer of created.filter(isWeights)) {
      contents.set(`${buffer.label} #${contents.size}`, new Uint8Array(await readBuffer(gpu.device, buffer)));
    }
    return { weights: contents, isRepacked: created.some(({ label }) => label.startsWith('repack window')) };
  } finally {
    model.dispose();
  }
}

// `isPlain`: there may be nothing to repack: floats are copied, and codes whose scale lies apart take the readers' way.
async function compareWays(
  source: ByteSource,
  headPrecision: Head,
  gpu: GpuContext,
  isPlain: boolean,
): Promise<string> {
  const byReader = await loadContents(source, gpu, { headPrecision, repack: 'cpu' });
  const byKernel = await loadContents(source, gpu, { headPrecision, repack: 'gpu' });
  let bytes = 0;
  for (const [label, expected] of byReader.weights) {
    const actual = byKernel.weights.get(label);
    if (actual === undefined) throw new Error(`the kernels' way has no buffer ${label}`);
    const at = expected.findIndex((byte, index) => byte !== actual[index]);
    if (at >= 0) throw new Error(`${label}: byte ${at} is ${actual[at]}; expected ${expected[at]}`);
    bytes += expected.length;
  }
  if (bytes === 0 || byKernel.weights.size !== byReader.weights.size || byReader.isRepacked) {
    throw new Error(
      `${byKernel.weights.size} buffers by kernels; ${byReader.weights.size} by readers, some empty`,
    );
  }
  if (!byKernel.isRepacked && !isPlain) throw new Error('no tensor was repacked by kernels');
  return `${byReader.weights.size} buffers, ${bytes} bytes equal${byKernel.isRepacked ? '' : '; none to repack'}`;
}

const bitnet = (matrices: Storage, extra: Partial<SyntheticModel> = {}): SyntheticModel => ({
  name: `bitnet ${matrices}`,
  architecture: 'bitnet-b1.58',
  matrices: () => matrices,
  ...extra,
});
const llama = (matrices: Storage, tables: Storage): SyntheticModel => ({
  name: `llama ${matrices}, ${tables} tables`,
  architecture: 'llama',
  matrices: () => matrices,
  tables,
  untied: true,
});

const SYNTHETIC: readonly SyntheticModel[] = [
  bitnet('ternary-i2_s'),
  bitnet('ternary-tq2_0'),
  bitnet('ternary-tq1_0'),
  bitnet('ternary-tq2_0', { name: 'bitnet with scales apart', scales: true }),
  llama('q4_k', 'q6_k'),
  llama('q2_0', 'q8_0'),
  llama('tq2_0', 'bf16'),
  llama('q8_0', 'f32'),
  llama('q1_0', 'q4_0'),
];

// Sets every code of the first bytes of a matrix to 3, or doubles the scale of its first block.
async function damage(bytes: Uint8Array, way: 'codes' | 'scale'): Promise<MemorySource> {
  const damaged = bytes.slice();
  const file = await readGguf(new MemorySource('whole', damaged));
  const tensor = file.tensors.find(({ name }) => name === 'blk.1.ffn_down.weight');
  if (tensor === undefined) throw new Error('the model has no ffn_down');
  if (way === 'codes') damaged.fill(0xff, tensor.offsetBytes, tensor.offsetBytes + 8);
  else damaged[tensor.offsetBytes + 65] += 4; // the exponent of TQ2_0's binary16
  return new MemorySource('damaged', damaged);
}

async function compareErrors(source: ByteSource, gpu: GpuContext): Promise<string> {
  const errorOf = async (repack: 'cpu' | 'gpu'): Promise<string> => {
    const [outcome, created] = await withCreated(gpu, async () => {
      try {
        (await loadModel(source, gpu, { contextLength: 16, repack })).dispose();
      } catch (error) {
        return String(error);
      }
      throw new Error('the damaged model was loaded');
    });
    if (created.length === 0) throw new Error('no buffer was made');
    return outcome;
  };
  const [expected, actual] = [await errorOf('cpu'), await errorOf('gpu')];
  if (actual !== expected) throw new Error(`the error is "${actual}"; expected "${expected}"`);
  return actual;
}

// Aborts while a tensor is read: the load must end with the reason, and every buffer must be gone.
async function checkAbort(bytes: Uint8Array, gpu: GpuContext): Promise<string> {
  const controller = new AbortController();
  const inner = new MemorySource('aborted', bytes);
  const { offsetBytes } = (await readGguf(inner)).tensors[4];
  const source: ByteSource = {
    name: inner.name,
    sizeBytes: inner.sizeBytes,
    read(at, length) {
      if (at >= offsetBytes) controller.abort(new Error('enough'));
      return inner.read(at, length);
    },
  };
  const [outcome, created] = await withCreated(gpu, () =>
    loadModel(source, gpu, { contextLength: 16, repack: 'gpu', signal: controller.signal }).then(
      () => 'the model was loaded',
      (error: unknown) => String(error),
    ),
  );
  if (outcome !== 'Error: enough') throw new Error(`the load ended with "${outcome}"`);
  if (!created.some(({ label }) => label.startsWith('repack window')))
    throw new Error('nothing was repacked');
  const { device } = gpu;
  for (const buffer of created) {
    device.pushErrorScope('validation');
    device.queue.writeBuffer(buffer, 0, new Uint8Array(4));
    if ((await device.popErrorScope()) === null) throw new Error(`buffer ${buffer.label} was not destroyed`);
  }
  return `${created.length} buffers destroyed`;
}

interface Check {
  readonly name: string;
  run(gpu: GpuContext): Promise<string>;
}

function checksOfFile(path: string): Check[] {
  const name = path.split('/').at(-1) ?? path;
  return (['int8', 'file'] as const).map((head) => ({
    name: `${name}, head ${head}`,
    run: (gpu) => compareWays(sourceOfFile(path), head, gpu, head === 'file' && PLAIN.test(path)),
  }));
}

function checksOfSynthetic(model: SyntheticModel): Check[] {
  return (['int8', 'file'] as const).map((head) => ({
    name: `${model.name}, head ${head}`,
    run: async (gpu) =>
      compareWays(
        new MemorySource(model.name, await makeSynthetic(model, 1)),
        head,
        gpu,
        model.scales === true,
      ),
  }));
}

function damagedCheck(model: SyntheticModel, way: 'codes' | 'scale'): Check {
  return {
    name: `${model.name} with damaged ${way}`,
    run: async (gpu) => compareErrors(await damage(await makeSynthetic(model, 1), way), gpu),
  };
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
  const folder = findSharedFile(FOLDER);
  const shared = folder === null ? [] : readdirSync(folder).filter((file) => file.endsWith('.gguf'));
  const checks = [
    ...OWN_MODELS.flatMap((file) => checksOfFile(ROOT + file)),
    ...shared.filter((file) => !file.includes(UNSUPPORTED)).flatMap((file) => checksOfFile(folder + file)),
    ...SYNTHETIC.flatMap(checksOfSynthetic),
    damagedCheck(bitnet('ternary-i2_s'), 'codes'),
    damagedCheck(bitnet('ternary-tq2_0'), 'codes'),
    damagedCheck(bitnet('ternary-tq2_0'), 'scale'),
    {
      name: 'an aborted load',
      run: async (device: GpuContext) => checkAbort(await makeSynthetic(bitnet('ternary-tq2_0'), 1), device),
    },
  ];
  const records: StatusRecord[] = [];
  for (const { name, run } of checks.filter((check) => check.name.includes(filter))) {
    const record = await run(gpu).then(
      (detail): StatusRecord => ({ name, status: 'passed', detail }),
      (error): StatusRecord => ({ name, status: 'failed', detail: String(error) }),
    );
    console.log(`  ${record.status.padEnd(7)} ${name}: ${record.detail}`);
    records.push(record);
  }
  if (folder === null) records.push({ name: 'fixtures', status: 'skipped', detail: missingFile(FOLDER) });
  const facts = { adapter: adapter.description || adapter.device };
  const code = await report([summarize('repack', target, records, facts)]);
  gpu.dispose();
  return code;
}
