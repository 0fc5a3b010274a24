// Passes that end in the logits of every token: what scoring a text needs and generating does not.
import { layerNorm } from '../../../shaders/layer-norm/kernel.ts';
import { rmsNorm } from '../../../shaders/rms-norm/kernel.ts';
import type { BufferPool } from '../../gpu/buffers.ts';
import { GraphBuilder } from '../../gpu/graph.ts';
import type { ScoringPass } from '../architecture.ts';
import { addBody } from './decoder-forward.ts';
import type { DecoderParts } from './decoder-parts.ts';

/**
 * Builds passes of up to `maxTokens` tokens; see Model.buildScoringPass. Their buffers belong to `pool`.
 * @throws EngineError 'out-of-memory' when the logits exceed one binding, 'gpu-error'
 */
export async function buildScoringPass(
  parts: DecoderParts,
  pool: BufferPool,
  maxTokens: number,
): Promise<ScoringPass> {
  const { config, context, ports, scratch, weights } = parts;
  const { hiddenSize: D, vocabularySize: V } = config;
  const normed = pool.storage('normed of every token', maxTokens * D * 4, 'scratch');
  const logits = pool.storage('logits of every token', maxTokens * V * 4, 'scratch');
  const builder = new GraphBuilder(context.gpu, context.pipelines, pool);
  addBody(builder, 'prefill', parts);
  const buffers = { x: scratch.x, state: ports.state, out: normed };
  const params = { k: D, epsilon: config.epsilon, last_only: 0 };
  const label = 'output norm of every token';
  if (weights.outputNorm === null) builder.add({ label, kernel: layerNorm, buffers, params });
  else builder.add({ label, kernel: rmsNorm, buffers: { ...buffers, gain: weights.outputNorm }, params });
  // The buffer of decoding may hold one token only.
  const rotated = weights.head.rotation
    ? pool.storage('rotated norm of every token', maxTokens * D * 4, 'scratch')
    : null;
  weights.head.addHead(builder, normed, rotated, logits, 'prefill');
  return { graph: await builder.build(1), logits };
}
