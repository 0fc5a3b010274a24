// Workgroups for reductions on adapters that compute on the CPU. There a workgroup runs on one thread, whatever its size, and
// pays for each subgroup and barrier; eight invocations are one or two subgroups.
// Measured: RMSNorm + int8 of 512 columns on SwiftShader 376 us with 128 invocations, 123 with 32, 75 with 8, 65 with 4; on
// llvmpipe 66 and 60 with 8, which is the cost of a dispatch (Dawn, 2 loaded cores, 2026-12-01).
import type { KernelVariant } from '../../src/gpu/kernel.ts';

/** Value of WG_SIZE. */
export const SMALL_WG_SIZE = 8;

/** The variant in small workgroups, for CPU adapters. Its WGSL must have the override WG_SIZE. */
export function inSmallWorkgroups(variant: KernelVariant): KernelVariant {
  return { ...variant, name: `${variant.name}-small`, cpuOnly: true, overrides: { WG_SIZE: SMALL_WG_SIZE } };
}
