// The tensors of one layer of the output, in the order of use.

import type { OutputTensor } from '../convert/write-model.ts';
import type { CodeTensorSpec } from '../quant/quantization-metadata.ts';
import { GGML_TYPE } from '../util/ggml-types.ts';
import type { RotationPlan } from './fold-rotation.ts';
import type { LayerPipeline } from './layer-pipeline.ts';
import { type MatrixShape, planMatrix } from './matrix-storage.ts';
import { MATRIX_PARTS, type MatrixPart, methodOf, type Recipe } from './recipe.ts';
import type { SourceModel } from './source-model.ts';

/** What a layer is planned of. */
export interface LayerPlanParts {
  readonly source: SourceModel;
  readonly recipe: Recipe;
  readonly rotation: RotationPlan;
  readonly pipeline: LayerPipeline;
  readonly layer: number;
}

/** Tensors of one layer. */
export interface LayerPlan {
  readonly tensors: readonly OutputTensor[];
  readonly codes: readonly (readonly [name: string, spec: CodeTensorSpec])[];
}

const NORMS = ['attn_norm', 'attn_q_norm', 'attn_k_norm', 'attn_sub_norm', 'ffn_norm', 'ffn_sub_norm'];

/** @throws EngineError 'bad-argument' with the reason bad-group or bad-structure when a width does not fit its method */
export function planLayer({ source, recipe, rotation, pipeline, layer }: LayerPlanParts): LayerPlan {
  const tensors: OutputTensor[] = [];
  const codes: (readonly [string, CodeTensorSpec])[] = [];
  const add = (tensor: Omit<OutputTensor, 'parts'>): void => {
    tensors.push({
      ...tensor,
      async *parts(signal) {
        yield await pipeline.bytes(layer, tensor.name, signal);
      },
    });
  };
  const dimsOf = (name: string) => source.file.tensors.find((tensor) => tensor.name === name)?.dims ?? null;
  const addVector = (name: string): void => {
    const dims = dimsOf(name);
    if (dims !== null) add({ name, dims, type: GGML_TYPE.F32 });
  };
  for (const norm of NORMS) addVector(`blk.${layer}.${norm}.weight`);
  for (const part of MATRIX_PARTS) {
    const base = `blk.${layer}.${part}`;
    const name = `${base}.weight`;
    const method = methodOf(recipe, layer, part);
    if (method.kind === 'keep' && keepsBytes(recipe, rotation, layer, part)) {
      tensors.push(source.copy(name));
      if (source.has(`${base}.scale`)) tensors.push(source.copy(`${base}.scale`));
    } else {
      const plan = planMatrix(matrixShape(source, name), method, recipe.outliers);
      for (const tensor of plan.tensors) add(tensor);
      codes.push(...plan.codes);
    }
    addVector(`${base}.bias`);
  }
  return { tensors, codes };
}

/** The shape of a matrix of the original. @throws EngineError 'bad-file' with the reason missing-tensor */
export function matrixShape(source: SourceModel, name: string): MatrixShape {
  const [columns, rows = 1] = source.copy(name).dims;
  return { name, rows, columns };
}

/** Whether what a rule keeps can be copied: nothing folds anything into it. */
function keepsBytes(
  { rules }: Recipe,
  { residual, heads, online }: RotationPlan,
  layer: number,
  part: MatrixPart,
): boolean {
  const isRotated = residual !== null || heads !== null || online?.[layer].has(part) === true;
  return !isRotated && !rules.some(({ method }) => method.kind === 'int8' && method.axis === 'column');
}
