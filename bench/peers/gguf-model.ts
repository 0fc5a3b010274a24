// The peers' model as a GGUF file: architecture qwen3, all matrices TQ2_0 or all Q4_0, the codes of both the same.
import type { GgufTensorPlan } from '../../src/gguf/writer.ts';
import { GgufWriter } from '../../src/gguf/writer.ts';
import { type PublishedShape, planMetadata, planTensors } from '../../src/loader/published-shapes.ts';
import { encodeTq2_0 } from '../../src/quant/tq2_0/codec.ts';
import type { ByteSink } from '../../src/util/byte-sink.ts';
import { f32ToF16 } from '../../src/util/float16.ts';
import { GGML_TYPE } from '../../src/util/ggml-types.ts';
import { planTokenizer } from '../models/synthetic-vocabulary.ts';
import type { ModelPlan } from './presets.ts';
import { matrixCodes, matrixScale, planMatrices } from './ternary-weights.ts';

/** Formats of the matrices. */
export type GgufForm = 'tq2_0' | 'q4_0';

/** ggml's id of Q4_0. */
const Q4_0 = 2;
const Q4_0_BLOCK = 32;
/** As the models of this family have them. */
export const EPSILON = 1e-6;
/** As the models of this family have them. */
export const ROPE_BASE = 1_000_000;

/** The sizes as the plans of GGUF files take them. */
export function modelShape(plan: ModelPlan): PublishedShape {
  return {
    architecture: 'qwen3',
    ...plan,
    epsilon: EPSILON,
    ropeBase: ROPE_BASE,
    yarn: null,
    matrixTypes: {},
    embeddingType: null,
  };
}

/** Writes the file to a sink. */
export async function writeGgufModel(plan: ModelPlan, form: GgufForm, sink: ByteSink): Promise<void> {
  const shape = modelShape(plan);
  const matrix = { type: form === 'q4_0' ? Q4_0 : GGML_TYPE.TQ2_0 };
  const tensors = planTensors(shape, matrix);
  const metadata = new Map([...planMetadata(shape), ...planTokenizer(shape)]);
  const matrices = new Map(planMatrices(plan).map((each) => [`${each.name}.weight`, each]));
  const writer = new GgufWriter(sink, { metadata, tensors });
  await writer.writeHeader();
  for (const tensor of tensors) {
    const matrixPlan = matrices.get(tensor.name);
    const parts = matrixPlan ? encodeMatrix(matrixPlan, form) : [gains(tensor)];
    await writer.writeTensor(tensor.name, parts);
  }
  writer.finish();
}

function gains({ dims }: GgufTensorPlan): Uint8Array {
  return new Uint8Array(new Float32Array(dims[0]).fill(1).buffer);
}

function* encodeMatrix(plan: Parameters<typeof matrixCodes>[0], form: GgufForm): Generator<Uint8Array> {
  const scale = matrixScale(plan);
  for (const codes of matrixCodes(plan)) {
    yield form === 'q4_0'
      ? packQ4_0(codes, scale)
      : encodeTq2_0(Float32Array.from(codes, (code) => code * scale));
  }
}

/**
 * Ternary codes as Q4_0 blocks: f16 scale, then byte i holds element i in its low and element i + 16 in its high nibble,
 * each plus 8. The usual rounding would not keep the codes, so they are stored as they are.
 */
export function packQ4_0(codes: Int8Array, scale: number): Uint8Array {
  const half = f32ToF16(scale);
  const bytes = new Uint8Array((codes.length / Q4_0_BLOCK) * 18);
  for (let from = 0, at = 0; from < codes.length; from += Q4_0_BLOCK) {
    bytes[at++] = half & 0xff;
    bytes[at++] = half >>> 8;
    for (let index = from; index < from + 16; index++) {
      bytes[at++] = (codes[index] + 8) | ((codes[index + 16] + 8) << 4);
    }
  }
  return bytes;
}
