// A model of a published shape with random weights made on the GPU: its speed is that of the real one, its answers are
// noise. It has no tokenizer, and nothing is downloaded.
import { fillRandomWeights } from '../architectures/random-weights.ts';
import { EngineError } from '../errors.ts';
import { GgufFields } from '../gguf/fields.ts';
import type { GgufFile } from '../gguf/reader.ts';
import { plannedBytes } from '../gguf/writer.ts';
import type { GpuContext } from '../gpu/device.ts';
import type { ByteSource } from '../util/byte-source.ts';
import { SYNTHETIC_MODELS, type SyntheticChoice } from '../util/synthetic-models.ts';
import { buildModel, type FillContext, type LoadedModel, type LoadModelOptions } from './load-model.ts';
import { PUBLISHED_SHAPES, planMetadata, planTensors } from './published-shapes.ts';
import { GgufTensorSet } from './tensor-set.ts';

/** Options of loadSyntheticModel; a contextLength beyond the shape's is cut to it. */
export interface SyntheticModelOptions extends LoadModelOptions {
  /** Fewer layers than published, for small devices. Default: as published. */
  readonly layers?: number;
  /** Called with the bytes of weights that are made so far, and all of them. */
  readonly onBytes?: (madeBytes: number, totalBytes: number) => void;
}

/**
 * Makes a synthetic model.
 * @param id of SYNTHETIC_MODELS
 * @throws EngineError 'bad-argument' for an unknown id or a bad number of layers, and as loadModel
 */
export async function loadSyntheticModel(
  id: string,
  gpu: GpuContext,
  options: SyntheticModelOptions = {},
): Promise<LoadedModel> {
  options.onPhase?.('header');
  const file = planFile(id, options.layers);
  const source: ByteSource = {
    name: file.name,
    sizeBytes: 0,
    read: () => Promise.reject(new Error(`${file.name} has no bytes: its weights are random`)),
  };
  const plan = {
    file,
    tensors: new GgufTensorSet(file, source),
    fill: async ({ pool, pipelines }: FillContext) => {
      const { weightsBytes } = pool.memory();
      await fillRandomWeights(
        { gpu, pipelines, pool },
        { signal: options.signal, onBytes: (madeBytes) => options.onBytes?.(madeBytes, weightsBytes) },
      );
    },
  };
  const { contextLength } = options;
  const most = PUBLISHED_SHAPES[findChoice(id).shape].contextLength;
  return buildModel(plan, gpu, { ...options, contextLength: contextLength && Math.min(contextLength, most) });
}

function findChoice(id: string): SyntheticChoice {
  const choice = SYNTHETIC_MODELS.find((model) => model.id === id);
  if (choice === undefined) {
    const known = SYNTHETIC_MODELS.map((model) => model.id).join(', ');
    throw new EngineError(
      'bad-argument',
      `Synthetic model ${id} is unknown; known are ${known}. Choose one of them.`,
    );
  }
  return choice;
}

/** The header that a file of the shape would have, without a tokenizer and without places of tensors. */
function planFile(id: string, layers: number | undefined): GgufFile {
  const choice = findChoice(id);
  const published = PUBLISHED_SHAPES[choice.shape];
  const count = layers ?? published.layers;
  if (!Number.isSafeInteger(count) || count < 1 || count > published.layers) {
    throw new EngineError(
      'bad-argument',
      `${id} with ${count} layers was asked for; expected 1 to ${published.layers}. Choose a number in that range.`,
    );
  }
  const shape = { ...published, layers: count };
  const metadata = planMetadata(shape);
  const name = count === published.layers ? `synthetic ${id}` : `synthetic ${id}, ${count} layers`;
  return {
    name,
    version: 3,
    metadata,
    fields: new GgufFields(name, metadata),
    tensors: planTensors(shape, published.matrixTypes[choice.type]).map((tensor) => ({
      name: tensor.name,
      dims: tensor.dims,
      type: tensor.type,
      offsetBytes: 0,
      sizeBytes: plannedBytes(tensor),
    })),
    dataStartBytes: 0,
    alignment: 32,
  };
}
