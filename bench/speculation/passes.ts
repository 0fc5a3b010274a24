// What a pass of several columns costs beside decode steps, and whether its logits are those of decode steps bit for bit:
// node scripts/run-ts.mjs bench/speculation/passes.ts MODEL [ADAPTER] [ROUNDS] [shared|apart]
// Passes of prefill are timed beside them.
import { packState } from '../../shaders/common/state.ts';
import { MAX_COLUMNS } from '../../src/architectures/architecture.ts';
import { openModel } from '../../src/cli/open-model.ts';
import { BufferPool } from '../../src/gpu/buffers.ts';
import type { Graph } from '../../src/gpu/graph.ts';
import { readBuffer, submittedWorkDone } from '../../src/gpu/readback.ts';
import type { LoadedModel } from '../../src/loader/load-model.ts';

const POSITION = 40;
const IDS = [300, 301, 302, 17, 18, 300, 301, 302];

/** Submits one pass of the first `tokens` ids (or the id at `at` alone) at their positions. */
function submit(loaded: LoadedModel, graphs: readonly Graph[], at: number, tokens: number): void {
  const { device } = loaded.gpu;
  const { ports } = loaded.model;
  const shape = { tokens, position: POSITION + at, columns: tokens };
  device.queue.writeBuffer(ports.ids, 0, Uint32Array.from(IDS.slice(at, at + tokens)));
  device.queue.writeBuffer(ports.state, 0, packState(shape));
  const encoder = device.createCommandEncoder();
  const compute = encoder.beginComputePass();
  for (const graph of graphs) {
    graph.setTokens(tokens);
    graph.encode(compute, shape);
  }
  compute.end();
  device.queue.submit([encoder.finish()]);
}

/** Times of one pass in milliseconds: CPU time of all threads tells more than the clock where others share the machine. */
interface PassTime {
  readonly wall: number;
  readonly cpu: number;
}

async function timeOf(loaded: LoadedModel, run: () => void): Promise<PassTime> {
  const startMs = performance.now();
  const cpuStart = process.cpuUsage();
  run();
  await submittedWorkDone(loaded.gpu.device);
  const { user, system } = process.cpuUsage(cpuStart);
  return { wall: performance.now() - startMs, cpu: (user + system) / 1000 };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Prints both. */
export async function main([path, adapter = 'default', rounds = '15', weights]: string[]): Promise<number> {
  const model = await openModel(path, { adapter });
  const { loaded } = model;
  const pool = new BufferPool(loaded.gpu.device);
  const pass = await loaded.model.buildColumns(pool, {
    columns: MAX_COLUMNS,
    slabTokens: null,
    ...(weights !== undefined && { sharesWeights: weights === 'shared' }),
  });
  const kernels = new Set(pass.graph.describe().map(({ kernel }) => kernel));
  console.log([...kernels].filter((kernel) => kernel.startsWith('matvec')).join(', '));
  await model.sequence.logits(IDS);
  const rowBytes = loaded.shape.vocabularySize * 4;
  const step = [loaded.graphs.decode, loaded.graphs.decodeHead];
  submit(loaded, [pass.graph], 0, MAX_COLUMNS);
  const columns = new Uint32Array(await readBuffer(loaded.gpu.device, pass.logits, MAX_COLUMNS * rowBytes));
  let different = 0;
  for (let at = 0; at < MAX_COLUMNS; at++) {
    submit(loaded, step, at, 1);
    const row = new Uint32Array(await readBuffer(loaded.gpu.device, loaded.model.ports.logits, rowBytes));
    different += row.filter((bits, i) => bits !== columns[(at * rowBytes) / 4 + i]).length;
  }
  console.log(`${different} of ${columns.length} logits differ from those of decode steps`);
  const prefill = [loaded.graphs.prefill, loaded.graphs.head];
  const subjects = [
    { name: 'decode step', graphs: step, tokens: 1 },
    ...[1, 2, 3, 4, 6, 8].map((tokens) => ({ name: `${tokens} columns`, graphs: [pass.graph], tokens })),
    ...[4, 8].map((tokens) => ({ name: `prefill of ${tokens}`, graphs: prefill, tokens })),
  ];
  const times = subjects.map((): PassTime[] => []);
  for (let round = 0; round < Number(rounds); round++) {
    for (const [index, { graphs, tokens }] of subjects.entries()) {
      times[index].push(await timeOf(loaded, () => submit(loaded, graphs, 0, tokens)));
    }
  }
  const cpuOf = (index: number) => median(times[index].map(({ cpu }) => cpu));
  subjects.forEach(({ name }, index) => {
    const wall = median(times[index].map((time) => time.wall));
    const share = cpuOf(index) / cpuOf(0);
    console.log(
      `${name}: ${cpuOf(index).toFixed(2)} ms of CPU, ${share.toFixed(2)} steps; ${wall.toFixed(2)} ms`,
    );
  });
  pool.dispose();
  await model.dispose();
  return different === 0 ? 0 : 1;
}
