// Makes the bytes of one layer at a time, in order, when the first of its tensors is to be written.

import type { DecoderConfig } from '../architectures/blocks/decoder-config.ts';
import { encodeF32 } from '../quant/f32/format.ts';
import { foldColumnScales } from './column-scales.ts';
import { type FloatMatrix, readFloatLayer } from './float-layer.ts';
import { foldRotation, type RotationPlan } from './fold-rotation.ts';
import type { LayerForward } from './layer-forward.ts';
import { encodeMatrix } from './matrix-storage.ts';
import { quantizeLayer } from './quantize-layer.ts';
import { MATRIX_PARTS, type MatrixPart, methodOf, type Recipe } from './recipe.ts';
import type { SourceModel } from './source-model.ts';

/** What the pipeline works on. */
export interface PipelineParts {
  readonly source: SourceModel;
  readonly config: DecoderConfig;
  readonly recipe: Recipe;
  readonly rotation: RotationPlan;
  /** Null: no calibration. */
  readonly forward: LayerForward | null;
}

/** Bytes of the layers' tensors. One layer is in memory. */
export class LayerPipeline {
  readonly #parts: PipelineParts;
  readonly #errors = new Map<MatrixPart, { error: number; total: number }>();
  #index = -1;
  #bytes: ReadonlyMap<string, Uint8Array> = new Map();

  /** @param parts the forward pass stands before the first layer */
  constructor(parts: PipelineParts) {
    this.#parts = parts;
  }

  /**
   * Bytes of one tensor; layers must be asked for in order.
   * @throws EngineError 'bad-file' for what the source lacks or for weights that are no numbers
   */
  async bytes(layer: number, tensor: string, signal?: AbortSignal): Promise<Uint8Array> {
    if (layer === this.#index + 1) await this.#advance(signal);
    const found = layer === this.#index ? this.#bytes.get(tensor) : undefined;
    if (found !== undefined) return found;
    throw new RangeError(`Tensor ${tensor} of layer ${layer} was asked for in layer ${this.#index}`);
  }

  /** Root of the relative squared error of the layers so far, by part. */
  errors(): ReadonlyMap<string, number> {
    return new Map(
      [...this.#errors].map(([part, { error, total }]) => [part, total === 0 ? 0 : Math.sqrt(error / total)]),
    );
  }

  async #advance(signal?: AbortSignal): Promise<void> {
    const { source, config, recipe, rotation, forward } = this.#parts;
    this.#index++;
    this.#bytes = new Map();
    const layer = await readFloatLayer(source, this.#index, signal);
    foldRotation(layer, rotation);
    foldColumnScales(layer, config, (part) => {
      const method = methodOf(recipe, this.#index, part);
      return method.kind === 'int8' && method.axis === 'column';
    });
    const quantized = quantizeLayer(layer, recipe, forward);
    const bytes = new Map<string, Uint8Array>();
    for (const part of MATRIX_PARTS) {
      const matrix = layer.matrices[part];
      const result = quantized.get(part);
      if (result === undefined) throw new RangeError(`Matrix ${part} was not rounded`);
      const encoded = encodeMatrix(matrix.name, methodOf(recipe, this.#index, part), result);
      for (const [name, data] of encoded) bytes.set(name, data);
      if (matrix.bias !== null) bytes.set(matrix.name.replace(/weight$/, 'bias'), encodeF32(matrix.bias));
      this.#addError(part, matrix, result.values);
    }
    for (const [name, gain] of layer.gains) bytes.set(`blk.${this.#index}.${name}.weight`, encodeF32(gain));
    this.#bytes = bytes;
  }

  #addError(part: MatrixPart, { values }: FloatMatrix, rounded: Float32Array): void {
    const sums = this.#errors.get(part) ?? { error: 0, total: 0 };
    for (let at = 0; at < values.length; at++) {
      sums.error += (values[at] - rounded[at]) ** 2;
      sums.total += values[at] ** 2;
    }
    this.#errors.set(part, sums);
  }
}
