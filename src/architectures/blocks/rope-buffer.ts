// The table of rotations on the device. Files of Llama 3.1 carry divisors of its frequencies as a tensor.
import type { BuildContext, TensorSink, WordSink } from '../architecture.ts';
import { ropeFrequencies, ropeTable } from '../rope-table.ts';
import type { DecoderConfig } from './decoder-config.ts';

const FACTORS = 'rope_freqs.weight';

/** Allocates [S, Dh / 2, 2] f32 and fills it, at once or when the file's factors arrive. It belongs to the pool. */
export function createRopeBuffer(
  config: DecoderConfig,
  context: BuildContext,
  sinks: Map<string, TensorSink | WordSink>,
): GPUBuffer {
  const { headDim, ropeBase: base, ropeScaling: scaling } = config;
  const { contextLength: capacity, pool, gpu, tensors } = context;
  const buffer = pool.storage('rope', capacity * headDim * 4, 'scratch');
  const fill = (factors?: Float32Array) => {
    const { frequencies, magnitude } = ropeFrequencies(headDim, base, { scaling, factors });
    const table = ropeTable(capacity, headDim, { base, frequencies, magnitude });
    gpu.device.queue.writeBuffer(buffer, 0, table as GPUAllowSharedBufferSource);
  };
  if (tensors.has(FACTORS)) {
    sinks.set(FACTORS, {
      rows: 1,
      columns: headDim / 2,
      consume: async (reader, signal) => fill(await reader.readFloats(0, 1, signal)),
    });
  } else fill();
  return buffer;
}
