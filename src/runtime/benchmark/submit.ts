// What the measurements share: one submit of a few graphs.
import type { Graph } from '../../gpu/graph.ts';

/** GPUs idle at low clocks; this much work comes before anything is timed. */
export const WARM_UP_MS = 500;

/** The graphs as one pass for one token. @param position of the token in the KV cache */
export function encodeGraphs(
  device: GPUDevice,
  graphs: readonly Graph[],
  position: number,
): GPUCommandBuffer {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const graph of graphs) graph.encode(pass, { tokens: 1, position });
  pass.end();
  return encoder.finish();
}

/** Submits the graphs as encodeGraphs makes them. */
export function submitGraphs(device: GPUDevice, graphs: readonly Graph[], position: number): void {
  device.queue.submit([encodeGraphs(device, graphs, position)]);
}
