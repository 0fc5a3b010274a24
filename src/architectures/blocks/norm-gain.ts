// A vector of norm gains on the device.
import type { BuildContext, TensorSink, WordSink } from '../architecture.ts';

/** Allocates gain[length] f32 and adds its sink; the buffer belongs to the pool. */
export function createNormGain(
  tensor: string,
  length: number,
  context: BuildContext,
  sinks: Map<string, TensorSink | WordSink>,
): GPUBuffer {
  const buffer = context.pool.weights(tensor, length * 4, { kind: 'constant', value: 1 });
  sinks.set(tensor, {
    rows: 1,
    columns: length,
    async consume(reader, signal) {
      const values = await reader.readFloats(0, 1, signal);
      context.gpu.device.queue.writeBuffer(buffer, 0, values as GPUAllowSharedBufferSource);
    },
  });
  return buffer;
}
