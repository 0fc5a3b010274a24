// What the measurements share: one submit of a few graphs.
import type { Graph } from '../../gpu/graph.ts';

/** GPUs idle at low clocks; this much work comes before anything is timed. */
export const WARM_UP_MS = 500;

/** Submits the graphs as one pass for one token. @param position of the token in the KV cache */
export function submitGraphs(device: GPUDevice, graphs: readonly Graph[], position: number): void {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const graph of graphs) graph.encode(pass, { tokens: 1, position });
  pass.end();
  device.queue.submit([encoder.finish()]);
}
