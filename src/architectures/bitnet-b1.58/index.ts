// bitnet-b1.58 (BitNet b1.58 2B4T and our default model): the architecture record.
import type { Architecture } from '../architecture.ts';
import { NAMES, readConfig } from './config.ts';
import { buildGraphs, cacheBytesPerToken, createScratch } from './forward.ts';
import { createWeights, weightBytesPerToken } from './tensors.ts';

/** BitNet b1.58 with sub-norms and squared ReLU. */
export const bitnetB158: Architecture = {
  names: NAMES,
  readShape: readConfig,
  createModel(file, context) {
    const config = readConfig(file);
    // Scratch and cache first: when memory is short, that shows before gigabytes of weights are uploaded.
    const scratch = createScratch(config, context);
    const ports = {
      ids: context.pool.storage('ids', context.maxChunkTokens * 4, 'scratch'),
      state: context.pool.storage('state', 64, 'scratch'),
      logits: context.pool.storage('logits', config.vocabularySize * 4, 'scratch'),
    };
    const weights = createWeights(file, config, context);
    return {
      shape: config,
      ports,
      sinks: weights.sinks,
      bytesPerToken: (position) => weightBytesPerToken(weights) + cacheBytesPerToken(config, position),
      compile: () => buildGraphs({ config, weights, scratch, ports, context }),
    };
  },
};
