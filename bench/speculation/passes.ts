// What a pass of several columns costs beside decode steps, and whether its logits are those of decode steps bit for bit:
// node scripts/run-ts.mjs bench/speculation/passes.ts MODEL [ADAPTER] [ROUNDS]
import { packState } from '../../shaders/common/state.ts';
import { type ColumnPass, MAX_COLUMNS } from '../../src/architectures/architecture.ts';
import { openModel } from '../../src/cli/open-model.ts';
import { BufferPool } from '../../src/gpu/buffers.ts';
import { readBuffer } from '../../src/gpu/readback.ts';
import type { LoadedModel } from '../../src/loader/load-model.ts';

const POSITION = 40;
const IDS = [300, 301, 302, 17, 18, 300, 301, 302];

/** Submits one pass of the first `tokens` ids (or the id at `at` alone) at their positions. */
function submit(loaded: LoadedModel, pass: ColumnPass | null, at: number, tokens: number): void {
  const { device } = loaded.gpu;
  const { ports } = loaded.model;
  const shape = { tokens, position: POSITION + at, columns: tokens };
  device.queue.writeBuffer(ports.ids, 0, Uint32Array.from(IDS.slice(at, at + tokens)));
  device.queue.writeBuffer(ports.state, 0, packState(shape));
  const encoder = device.createCommandEncoder();
  const compute = encoder.beginComputePass();
  const graphs = pass ? [pass.graph] : [loaded.graphs.decode, loaded.graphs.decodeHead];
  for (const graph of graphs) {
    graph.setTokens(tokens);
    graph.encode(compute, shape);
  }
  compute.end();
  device.queue.submit([encoder.finish()]);
}

async function timeOf(loaded: LoadedModel, run: () => void): Promise<number> {
  const startMs = performance.now();
  run();
  await loaded.gpu.device.queue.onSubmittedWorkDone();
  return performance.now() - startMs;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Prints both. */
export async function main([path, adapter = 'default', rounds = '15']: string[]): Promise<number> {
  const model = await openModel(path, { adapter });
  const { loaded } = model;
  const pool = new BufferPool(loaded.gpu.device);
  const pass = await loaded.model.buildColumns(pool, { columns: MAX_COLUMNS, slabTokens: null });
  if (pass === null) throw new Error('this model decodes with fused kernels');
  await model.sequence.logits(IDS);
  const rowBytes = loaded.shape.vocabularySize * 4;
  submit(loaded, pass, 0, MAX_COLUMNS);
  const columns = new Uint32Array(await readBuffer(loaded.gpu.device, pass.logits, MAX_COLUMNS * rowBytes));
  let different = 0;
  for (let at = 0; at < MAX_COLUMNS; at++) {
    submit(loaded, null, at, 1);
    const row = new Uint32Array(await readBuffer(loaded.gpu.device, loaded.model.ports.logits, rowBytes));
    different += row.filter((bits, i) => bits !== columns[(at * rowBytes) / 4 + i]).length;
  }
  console.log(`${different} of ${columns.length} logits differ from those of decode steps`);
  const sizes = [0, 1, 2, 3, 4, 5, 6, 8]; // 0: the decode step
  const times = sizes.map((): number[] => []);
  for (let round = 0; round < Number(rounds); round++) {
    for (const [index, tokens] of sizes.entries()) {
      const run = () => submit(loaded, tokens === 0 ? null : pass, 0, Math.max(1, tokens));
      times[index].push(await timeOf(loaded, run));
    }
  }
  const one = median(times[0]);
  sizes.forEach((tokens, index) => {
    const ms = median(times[index]);
    console.log(
      `${tokens === 0 ? 'decode step' : `${tokens} columns`}: ${ms.toFixed(2)} ms, ${(ms / one).toFixed(2)} steps`,
    );
  });
  pool.dispose();
  await model.dispose();
  return different === 0 ? 0 : 1;
}
