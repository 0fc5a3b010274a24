// A tiny model with a context of 32 768 tokens: memory as estimated and flat, every position works, decode attention gets slower
// with the live length only; and prefill is the same in chunks of any size: node scripts/run-ts.mjs test/model/long-context.ts TARGET   (VK_ICD_FILENAMES chooses the driver)
import { KV_KINDS, type KvKind, kvCacheBytes } from '../../shaders/common/kv/layout.ts';
import { packState } from '../../shaders/common/state.ts';
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import type { PassShape } from '../../src/gpu/graph.ts';
import { readBuffer, submittedWorkDone } from '../../src/gpu/readback.ts';
import { type LoadedModel, loadModel } from '../../src/loader/load-model.ts';
import { Sequence } from '../../src/runtime/sequence.ts';
import { MemorySource } from '../../src/util/byte-source.ts';
import { report, type StatusRecord, summarize } from '../report.ts';
import { relativeL2 } from './judge.ts';
import { checkPrefillChunks } from './prefill-chunks.ts';
import { makeSynthetic, SIZES, type SyntheticModel } from './synthetic-models.ts';
import { TEST_ADAPTER } from './test-adapter.ts';

const LONG = 32768;
const SHORT = 4096;
const PROMPT_TOKENS = 1100; // several splits of decode attention, several chunks of prefill
const LIVE = [1024, 4096, 16384, LONG];
const REPEATS = 4;

const MODEL: SyntheticModel = {
  name: 'long',
  architecture: 'llama',
  matrices: () => 'f16',
  headDim: 64,
  keys: { context_length: { type: 'u32', value: LONG } },
};

async function load(gpu: GpuContext, kvCache: KvKind, contextLength: number): Promise<LoadedModel> {
  const source = new MemorySource('long.gguf', await makeSynthetic(MODEL, 1));
  return await loadModel(source, gpu, { contextLength, kvCache, maxChunkTokens: 128, headPrecision: 'file' });
}

/** Milliseconds of one decode step with `live` tokens in the cache (whatever they are), the least of a few. */
async function stepMs({ gpu, graphs, model }: LoadedModel, live: number): Promise<number> {
  const pass = { tokens: 1, position: live - 1 };
  gpu.device.queue.writeBuffer(model.ports.state, 0, packState(pass));
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < REPEATS; i++) {
    const encoder = gpu.device.createCommandEncoder();
    const compute = encoder.beginComputePass();
    graphs.decode.encode(compute, pass);
    graphs.head.encode(compute, pass);
    compute.end();
    const started = performance.now();
    gpu.device.queue.submit([encoder.finish()]);
    await submittedWorkDone(gpu.device);
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

/** The same prompt gives the same logits in a short and in a long context, and no buffer is made after the load. */
async function checkLogits(gpu: GpuContext, kind: KvKind): Promise<string> {
  const ids = Array.from({ length: PROMPT_TOKENS }, (_, i) => (i * 97 + 13) % SIZES.vocabulary);
  const rows: Float32Array[] = [];
  for (const context of [SHORT, LONG]) {
    const model = await load(gpu, kind, context);
    try {
      const sequence = await Sequence.create(model);
      await sequence.logits(ids.slice(0, 8)); // makes the staging buffer
      const before = model.pool.memory();
      rows.push(await sequence.logits(ids));
      const { kvCacheBytes: bytes } = model.pool.memory();
      if (JSON.stringify(model.pool.memory()) !== JSON.stringify(before)) throw new Error('memory grew');
      const { layers, kvHeads, headDim } = SIZES;
      const expected = 2 * layers * kvCacheBytes(kind, { kvHeads, headDim, capacity: context });
      if (bytes !== expected) throw new Error(`the cache has ${bytes} bytes; expected ${expected}`);
    } finally {
      model.dispose();
    }
  }
  const error = relativeL2(rows[1], rows[0]);
  if (!(error <= 1e-6)) throw new Error(`the longer context changes the logits by ${error}`);
  return `relative L2 between contexts ${error.toExponential(1)}`;
}

/** Workgroups of a pass: the same work, whatever the capacity of the cache. */
function workgroups({ graphs }: LoadedModel, pass: PassShape): number {
  const graph = pass.tokens === 1 ? graphs.decode : graphs.prefill;
  return graph.describe().reduce((sum, dispatch) => sum + dispatch.workgroups(pass), 0);
}

/** Decode at the ends of the context: finite numbers, the time of a step, and no more work than in a short context. */
async function checkDecode(gpu: GpuContext, kind: KvKind): Promise<string> {
  const model = await load(gpu, kind, LONG);
  const short = await load(gpu, kind, SHORT);
  try {
    const times: string[] = [];
    for (const live of LIVE) {
      const ms = [await stepMs(model, live)];
      if (live <= SHORT) {
        ms.push(await stepMs(short, live));
        for (const tokens of [1, 128]) {
          const pass = { tokens, position: live - tokens };
          if (workgroups(model, pass) !== workgroups(short, pass))
            throw new Error(
              `a pass of ${tokens} with ${live} keys has more workgroups in the longer context`,
            );
        }
      }
      times.push(`${live}: ${ms.map((value) => value.toFixed(2)).join(' and ')} ms`);
    }
    const logits = new Float32Array(await readBuffer(gpu.device, model.model.ports.logits));
    const isSound = logits.every(Number.isFinite) && logits.some((value) => value !== 0);
    if (!isSound) throw new Error('the logits are not finite, or all zero');
    return `${times.join(', ')} (contexts of ${LONG} and ${SHORT})`;
  } finally {
    model.dispose();
    short.dispose();
  }
}

async function test(records: StatusRecord[], name: string, run: () => Promise<string>): Promise<void> {
  let record: StatusRecord;
  try {
    record = { name, status: 'passed', detail: await run() };
  } catch (error) {
    record = { name, status: 'failed', detail: error instanceof Error ? error.message : String(error) };
  }
  console.log(`  ${record.status.padEnd(7)} ${name}: ${record.detail}`);
  records.push(record);
}

/** Runs the checks; the exit code is 0 when nothing failed. */
export async function main([target = 'default']: string[]): Promise<number> {
  const gpu = await acquireNodeDevice(TEST_ADAPTER);
  const records: StatusRecord[] = [];
  for (const kind of KV_KINDS) {
    await test(records, `${kind}: prompt of ${PROMPT_TOKENS}`, () => checkLogits(gpu, kind));
    await test(records, `${kind}: decode step by live length`, () => checkDecode(gpu, kind));
  }
  await test(records, 'a prompt in chunks and submits of any size', () => checkPrefillChunks(gpu));
  const code = await report([summarize('long context', target, records, {})]);
  gpu.dispose();
  return code;
}
