// Plans the file that a recipe makes of a model: metadata, tensors and bits. Weights are read when it is written.

import type { DecoderConfig } from '../architectures/blocks/decoder-config.ts';
import { findArchitecture } from '../architectures/index.ts';
import type { ModelPlan, OutputTensor } from '../convert/write-model.ts';
import type { GgufValue } from '../gguf/values.ts';
import { encodeF32 } from '../quant/f32/format.ts';
import { type CodeTensorSpec, quantizationEntries } from '../quant/quantization-metadata.ts';
import { type BitsReport, reportBits } from './bits-report.ts';
import { startCalibration } from './calibration.ts';
import { checkRecipe } from './check-recipe.ts';
import { chooseRotations } from './choose-rotations.ts';
import { readVector } from './float-layer.ts';
import { planRotation, type RotationPlan } from './fold-rotation.ts';
import { LayerPipeline } from './layer-pipeline.ts';
import { planLayer } from './plan-layer.ts';
import type { Recipe } from './recipe.ts';
import type { SourceModel } from './source-model.ts';
import { planTable } from './token-tables.ts';

/** Options of planQuantization. */
export interface QuantizationOptions {
  /** Token ids of the calibration text. Default: none. */
  readonly calibration?: readonly number[];
  readonly signal?: AbortSignal;
}

/** A planned quantisation. */
export interface QuantizationPlan {
  readonly plan: ModelPlan;
  readonly bits: BitsReport;
  /** Relative errors by part: complete once the plan is written. */
  errors(): ReadonlyMap<string, number>;
}

/**
 * Plans a quantisation.
 * @throws EngineError 'bad-argument', 'bad-file' or 'unsupported-model' with a reason of quantize-error.ts; the signal's reason
 */
export async function planQuantization(
  source: SourceModel,
  recipe: Recipe,
  options: QuantizationOptions = {},
): Promise<QuantizationPlan> {
  const { file } = source;
  const config = findArchitecture(file.fields.string('general.architecture')).readConfig(file);
  const { calibration, signal } = options;
  checkRecipe(recipe, source, config, calibration !== undefined);
  const rotation =
    recipe.rotation === 'auto'
      ? await chooseRotations(source, recipe, config, signal)
      : planRotation(recipe.rotation, config);
  const forward =
    calibration === undefined
      ? null
      : await startCalibration(source, config, recipe, rotation, calibration, signal);
  const pipeline = new LayerPipeline({ source, config, recipe, rotation, forward });
  const top = await planTop(source, recipe, config, rotation);
  const layers = Array.from({ length: config.layers }, (_, layer) =>
    planLayer({ source, recipe, rotation, pipeline, layer }),
  );
  const tensors = [...top.tensors, ...layers.flatMap((layer) => layer.tensors)];
  const bits = reportBits(file.tensors, tensors);
  const codes = new Map([...top.codes, ...layers.flatMap((layer) => layer.codes)]);
  const metadata = planMetadata(source, recipe, { rotation, codes, bits });
  return { plan: { metadata, tensors }, bits, errors: () => pipeline.errors() };
}

interface TopPlan {
  readonly tensors: readonly OutputTensor[];
  readonly codes: readonly (readonly [string, CodeTensorSpec])[];
}

/** Everything outside the layers: embedding, output norm, head, and what is kept as it is. */
async function planTop(
  source: SourceModel,
  recipe: Recipe,
  { tiedHead, hiddenSize }: DecoderConfig,
  { residual }: RotationPlan,
): Promise<TopPlan> {
  const embeddingName = 'token_embd.weight';
  const normName = 'output_norm.weight';
  const headName = 'output.weight';
  const common = { residual, gain: null };
  const embedding = { name: embeddingName, from: embeddingName, type: recipe.embedding, ...common };
  const gain = residual === null || !source.has(normName) ? null : await readVector(source, normName);
  // A rotated stream takes no gains but equal ones: the head takes them over, and then it is no longer the embedding.
  const isUniform = gain?.every((value) => value === gain[0]) ?? true;
  const plans = [await planTable(source, embedding)];
  if (!tiedHead || !isUniform) {
    const from = tiedHead ? embeddingName : headName;
    const headGain = isUniform ? null : gain;
    plans.push(
      await planTable(source, { name: headName, from, type: recipe.head, residual, gain: headGain }),
    );
  }
  const norm = gain !== null && !isUniform ? [vector(normName, new Float32Array(hiddenSize).fill(1))] : [];
  const planned = new Set([...plans.flatMap(({ tensors }) => tensors), ...norm].map(({ name }) => name));
  const others = source.file.tensors
    .filter(({ name }) => !name.startsWith('blk.') && !planned.has(name))
    .map(({ name }) => source.copy(name));
  return {
    tensors: [...plans.flatMap(({ tensors }) => tensors), ...norm, ...others],
    codes: plans.flatMap(({ codes }) => codes),
  };
}

function vector(name: string, values: Float32Array): OutputTensor {
  return {
    name,
    dims: [values.length],
    type: 0,
    async *parts() {
      yield encodeF32(values);
    },
  };
}

interface MetadataParts {
  readonly rotation: RotationPlan;
  readonly codes: ReadonlyMap<string, CodeTensorSpec>;
  readonly bits: BitsReport;
}

function planMetadata(
  { file }: SourceModel,
  recipe: Recipe,
  { rotation, codes, bits }: MetadataParts,
): Map<string, GgufValue> {
  // The file type names one of ggml's mixtures, which this is not.
  const isKept = (key: string) => !key.startsWith('split.') && key !== 'general.file_type';
  const { residual, online } = rotation;
  const blockSizes = new Map(
    (online ?? []).flatMap((parts, layer) =>
      [...parts].map(([part, block]) => [`blk.${layer}.${part}.weight`, block] as const),
    ),
  );
  return new Map<string, GgufValue>([
    ...[...file.metadata].filter(([key]) => isKept(key)),
    ...quantizationEntries({
      recipe: recipe.name,
      bitsPerWeight: bits.total.bitsPerWeight,
      activations: recipe.activations,
      codes,
      rotation: online === null ? null : { blockSizes, signs: new Map() },
      residual: residual === null ? null : `diag(signs) H in blocks of ${residual.block}`,
    }),
  ]);
}
