// Registry of test cases: one line per operation. Imported by test/ and bench/ only.
import { cases as accept } from './accept/cases.ts';
import { cases as advance } from './advance/cases.ts';
import { cases as argmax } from './argmax/cases.ts';
import { cases as attentionAlone } from './attention-alone/cases.ts';
import { cases as attentionDecode } from './attention-decode/cases.ts';
import { cases as attentionMerge } from './attention-merge/cases.ts';
import { cases as attentionPrefill } from './attention-prefill/cases.ts';
import { cases as biasClamp } from './bias-clamp/cases.ts';
import { cases as bitPlanes } from './bit-planes/cases.ts';
import { cases as blockAttention } from './block-attention/cases.ts';
import { cases as blockEmbed } from './block-embed/cases.ts';
import { cases as blockGateUp } from './block-gate-up/cases.ts';
import { cases as blockMatvec } from './block-matvec/cases.ts';
import { cases as blockMatvecResidual } from './block-matvec-residual/cases.ts';
import { cases as blockMerge } from './block-merge/cases.ts';
import { cases as blockMergeResidual } from './block-merge-residual/cases.ts';
import type { KernelCases } from './case.ts';
import { cases as copy } from './copy/cases.ts';
import { cases as embed } from './embed/cases.ts';
import { cases as ffnGate } from './ffn-gate/cases.ts';
import { cases as gatherColumns } from './gather-columns/cases.ts';
import { cases as hadamard } from './hadamard/cases.ts';
import { cases as hadamardQuantize } from './hadamard-quantize/cases.ts';
import { cases as headNorm } from './head-norm/cases.ts';
import { cases as klDivergence } from './kl-divergence/cases.ts';
import { cases as layerNorm } from './layer-norm/cases.ts';
import { cases as matmulFloat } from './matmul-float/cases.ts';
import { cases as matmulInt8 } from './matmul-int8/cases.ts';
import { cases as matmulTernary } from './matmul-ternary/cases.ts';
import { cases as matvecFloat } from './matvec-float/cases.ts';
import { cases as matvecInt8 } from './matvec-int8/cases.ts';
import { cases as matvecOutlier } from './matvec-outlier/cases.ts';
import { cases as matvecTernary } from './matvec-ternary/cases.ts';
import { cases as outlierProduct } from './outlier-product/cases.ts';
import { cases as penalize } from './penalize/cases.ts';
import { cases as quantize } from './quantize/cases.ts';
import { cases as quantizeBlocks } from './quantize-blocks/cases.ts';
import { cases as randomFill } from './random-fill/cases.ts';
import { cases as repack } from './repack/cases.ts';
import { cases as repackAbsmax } from './repack-absmax/cases.ts';
import { cases as repackInt8 } from './repack-int8/cases.ts';
import { cases as repackRowScales } from './repack-row-scales/cases.ts';
import { cases as rmsNorm } from './rms-norm/cases.ts';
import { cases as rmsNormQuantize } from './rms-norm-quantize/cases.ts';
import { cases as rmsNormQuantizeBlocks } from './rms-norm-quantize-blocks/cases.ts';
import { cases as ropeKvWrite } from './rope-kv-write/cases.ts';
import { cases as rotateHeads } from './rotate-heads/cases.ts';
import { cases as sample } from './sample/cases.ts';
import { cases as sparseProduct } from './sparse-product/cases.ts';
import { cases as tokenLoss } from './token-loss/cases.ts';

/** Cases of every operation. */
export const CASES: readonly KernelCases[] = [
  embed,
  rmsNorm,
  layerNorm,
  rmsNormQuantize,
  rmsNormQuantizeBlocks,
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
