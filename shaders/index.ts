// Registry of operations: one line each. Used by tests, benchmarks and the catalogue; the engine imports ops directly.
import type { Kernel } from '../src/gpu/kernel.ts';
import { accept } from './accept/kernel.ts';
import { advance } from './advance/kernel.ts';
import { argmax } from './argmax/kernel.ts';
import { attentionAlone } from './attention-alone/kernel.ts';
import { attentionDecode } from './attention-decode/kernel.ts';
import { attentionMerge } from './attention-merge/kernel.ts';
import { attentionPrefill } from './attention-prefill/kernel.ts';
import { biasClamp } from './bias-clamp/kernel.ts';
import { bitPlanes } from './bit-planes/kernel.ts';
import { blockAttention } from './block-attention/kernel.ts';
import { blockEmbed } from './block-embed/kernel.ts';
import { blockGateUp } from './block-gate-up/kernel.ts';
import { blockMatvec } from './block-matvec/kernel.ts';
import { blockMatvecResidual } from './block-matvec-residual/kernel.ts';
import { blockMerge } from './block-merge/kernel.ts';
import { blockMergeResidual } from './block-merge-residual/kernel.ts';
import { copy } from './copy/kernel.ts';
import { embed } from './embed/kernel.ts';
import { ffnGate } from './ffn-gate/kernel.ts';
import { gatherColumns } from './gather-columns/kernel.ts';
import { hadamard } from './hadamard/kernel.ts';
import { hadamardQuantize } from './hadamard-quantize/kernel.ts';
import { headNorm } from './head-norm/kernel.ts';
import { klDivergence } from './kl-divergence/kernel.ts';
import { layerNorm } from './layer-norm/kernel.ts';
import { matmulFloat } from './matmul-float/kernel.ts';
import { matmulInt8 } from './matmul-int8/kernel.ts';
import { matmulTernary } from './matmul-ternary/kernel.ts';
import { matvecFloat } from './matvec-float/kernel.ts';
import { matvecInt8 } from './matvec-int8/kernel.ts';
import { matvecOutlier } from './matvec-outlier/kernel.ts';
import { matvecTernary } from './matvec-ternary/kernel.ts';
import { outlierProduct } from './outlier-product/kernel.ts';
import { penalize } from './penalize/kernel.ts';
import { quantize } from './quantize/kernel.ts';
import { quantizeBlocks } from './quantize-blocks/kernel.ts';
import { randomFill } from './random-fill/kernel.ts';
import { repack } from './repack/kernel.ts';
import { repackAbsmax } from './repack-absmax/kernel.ts';
import { repackInt8 } from './repack-int8/kernel.ts';
import { repackRowScales } from './repack-row-scales/kernel.ts';
import { rmsNorm } from './rms-norm/kernel.ts';
import { rmsNormQuantize } from './rms-norm-quantize/kernel.ts';
import { rmsNormQuantizeBlocks } from './rms-norm-quantize-blocks/kernel.ts';
import { ropeKvWrite } from './rope-kv-write/kernel.ts';
import { rotateHeads } from './rotate-heads/kernel.ts';
import { sample } from './sample/kernel.ts';
import { sparseProduct } from './sparse-product/kernel.ts';
import { tokenLoss } from './token-loss/kernel.ts';

/** Every operation, in the order of a forward pass; last those that run at load. */
export const KERNELS: readonly Kernel[] = [
  embed,
  rmsNorm,
  layerNorm,
  rmsNormQuantize,
  quantize,
  hadamard,
  hadamardQuantize,
  bitPlanes,
  matvecTernary,
  matmulTernary,
  biasClamp,
  headNorm,
  ropeKvWrite,
  attentionAlone,
  attentionDecode,
  attentionMerge,
  attentionPrefill,
  rotateHeads,
  ffnGate,
  matvecFloat,
  matmulFloat,
  rmsNormQuantizeBlocks,
  quantizeBlocks,
  matvecInt8,
  matmulInt8,
  matvecOutlier,
  outlierProduct,
  gatherColumns,
  sparseProduct,
  penalize,
  argmax,
  sample,
  accept,
  advance,
  blockEmbed,
  blockMatvec,
  blockAttention,
  blockMerge,
  blockMergeResidual,
  blockMatvecResidual,
  blockGateUp,
  copy,
  repack,
  repackAbsmax,
  repackInt8,
  repackRowScales,
  randomFill,
  tokenLoss,
  klDivergence,
];
