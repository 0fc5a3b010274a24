// The device as a benchmark reports it, with what of it decided between kernels.
import type { BenchmarkDevice } from '../../api/benchmark-types.ts';
import type { GpuContext } from '../../gpu/device.ts';

/** @returns the record of a device; `choices` are sentences for people */
export function describeDevice(gpu: GpuContext): BenchmarkDevice {
  const { adapter, features, hasTimestamps, packedDot } = gpu;
  const choices = [
    adapter.isFallback
      ? 'The adapter computes on the CPU: variants with few barriers are taken.'
      : 'The adapter is a GPU: the first variant that its features allow is taken.',
    {
      hardware: 'Packed dot products are taken for int8 products.',
      emulated:
        'The driver emulates packed dot products: measured, they still pay on llvmpipe; on SwiftShader bit planes are taken.',
      none: 'There are no packed dot products: bit planes or plain products are taken.',
    }[packedDot],
    features.has('subgroups')
      ? 'Subgroups are used for reductions.'
      : 'There are no subgroups: reductions go through workgroup memory.',
  ];
  return {
    adapter,
    packedDot,
    features: [...features, ...(hasTimestamps ? ['timestamp-query'] : [])],
    choices,
  };
}
