// Makes an architecture of its traits: a pre-norm decoder with gated feed-forward layers, as all of them here are.
import { EngineError } from '../../errors.ts';
import type { GgufFile } from '../../gguf/reader.ts';
import type { Architecture, TensorSink, WordSink } from '../architecture.ts';
import { buildColumnPass } from './column-pass.ts';
import { type DecoderConfig, type DecoderTraits, readDecoderConfig } from './decoder-config.ts';
import { buildDecoderGraphs } from './decoder-forward.ts';
import { createDecoderScratch } from './decoder-scratch.ts';
import { createDecoderWeights, needsOfLayers, weightBytesPerToken } from './decoder-weights.ts';
import { buildScoringPass } from './scoring-pass.ts';

/** An architecture whose network the configuration alone describes. */
export interface DecoderArchitecture extends Architecture {
  /** Sizes, constants and traits from the metadata. @throws EngineError 'bad-file', 'unsupported-model' */
  readConfig(file: GgufFile): DecoderConfig;
}

/** The architecture record of a decoder with these traits. */
export function defineDecoder(traits: DecoderTraits): DecoderArchitecture {
  return {
    names: traits.names,
    readConfig: (file) => readDecoderConfig(file, traits),
    readShape: (file) => readDecoderConfig(file, traits),
    createModel(file, context) {
      const config = readDecoderConfig(file, traits);
      const sinks = new Map<string, TensorSink | WordSink>();
      // Everything is allocated here, so that a lack of memory shows before gigabytes of weights are uploaded.
      const weights = createDecoderWeights(config, context, sinks);
      const scratch = createDecoderScratch(config, context, sinks, needsOfLayers(weights));
      const ports = {
        ids: context.pool.storage('ids', context.maxChunkTokens * 4, 'scratch'),
        state: context.pool.storage('state', 64, 'scratch'),
        logits: context.pool.storage('logits', config.vocabularySize * 4, 'scratch'),
      };
      refuseStrangers(file, sinks);
      const parts = { config, weights, scratch, ports, context };
      return {
        shape: config,
        ports,
        sinks,
        bytesPerToken: (position) =>
          weightBytesPerToken(weights) + (position + 1) * scratch.cache.bytesPerToken,
        compile: () => buildDecoderGraphs(parts),
        buildColumns: (pool, options) => buildColumnPass(parts, pool, options),
        buildScoringPass: (pool, maxTokens) => buildScoringPass(parts, pool, maxTokens),
      };
    },
  };
}

// Read together with the matrix beside them, or derived from the metadata and stored by old converters only.
const KNOWN_EXTRAS = /\.scale$|\.attn_rot_embd$|\.rope_freqs\.weight$/;

/** A layer with tensors that the forward pass does not use is another model: its answers would be wrong. */
function refuseStrangers(
  file: Pick<GgufFile, 'name' | 'tensors' | 'fields'>,
  sinks: Map<string, TensorSink | WordSink>,
) {
  const stranger = file.tensors.find(
    ({ name }) =>
      name.startsWith('blk.') && !sinks.has(name) && !KNOWN_EXTRAS.test(name) && !isBesideMatrix(name, sinks),
  );
  if (stranger === undefined) return;
  throw new EngineError(
    'unsupported-model',
    `${file.name} has the tensor ${stranger.name}, which architecture ${file.fields.string('general.architecture')} has no place for. Choose another model, or another conversion of this one.`,
    { details: { file: file.name, tensor: stranger.name } },
  );
}

// Scales of codes and indices of outliers: read by whoever reads the matrix.
function isBesideMatrix(name: string, sinks: ReadonlyMap<string, TensorSink | WordSink>): boolean {
  return /\.(?:code_scale|outlier_index)$/.test(name) && sinks.has(name.replace(/\w+$/, 'weight'));
}
