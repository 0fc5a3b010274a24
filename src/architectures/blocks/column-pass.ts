// Decode steps of several tokens in one pass: drafts of one sequence to verify, or sequences side by side.
// The kernels are those of a decode step, with a layer of the grid per column, so that every column has its arithmetic.
import { KV_BLOCK, kvTokenBytes } from '../../../shaders/common/kv/layout.ts';
import { layerNorm } from '../../../shaders/layer-norm/kernel.ts';
import { rmsNorm } from '../../../shaders/rms-norm/kernel.ts';
import type { BufferPool } from '../../gpu/buffers.ts';
import { GraphBuilder } from '../../gpu/graph.ts';
import type { ColumnOptions, ColumnPass } from '../architecture.ts';
import { addBody } from './decoder-forward.ts';
import type { DecoderParts } from './decoder-parts.ts';
import { createKvCache, type KvCache, kvBlocks, maxSplits } from './kv-cache.ts';

/** Builds the pass; see Model.buildColumns. */
export async function buildColumnPass(
  parts: DecoderParts,
  pool: BufferPool,
  options: ColumnOptions,
): Promise<ColumnPass> {
  const { config, context } = parts;
  const { columns, slabTokens, sharesWeights = !context.gpu.adapter.isFallback } = options;
  const { hiddenSize: D, vocabularySize: V, heads: H, headDim: Dh } = config;
  const storage = (label: string, floats: number) => pool.storage(label, floats * 4, 'scratch');
  const slabs =
    slabTokens === null
      ? null
      : createKvCache(config, { pool, contextLength: slabTokens, kvCache: context.kvCache }, columns);
  const cache = slabs ?? parts.scratch.cache;
  const splits = maxSplits(cache.capacity);
  const scratch = {
    ...parts.scratch,
    cache,
    partial: storage('attention partial of columns', columns * H * splits * Dh),
    partialMl: storage('attention partial max and sum of columns', columns * H * splits * 2),
  };
  const normed = storage('normed of columns', columns * D);
  const logits = storage('logits of columns', columns * V);
  const builder = new GraphBuilder(context.gpu, context.pipelines, pool);
  addBody(builder, 'columns', { ...parts, scratch });
  addColumnHead(builder, parts, normed, logits);
  const graph = await builder.build(1, { columns: true, sharesWeights });
  return {
    graph,
    logits,
    copyCache(encoder, tokens) {
      if (slabs !== null) copyCache(encoder, { from: parts.scratch.cache, to: slabs, tokens }, config);
    },
  };
}

// As the head of a decode step, without the choice of the last token.
function addColumnHead(
  builder: GraphBuilder,
  parts: DecoderParts,
  normed: GPUBuffer,
  logits: GPUBuffer,
): void {
  const { config, ports, scratch, weights } = parts;
  const buffers = { x: scratch.x, state: ports.state, out: normed };
  const params = { k: config.hiddenSize, epsilon: config.epsilon, last_only: 0 };
  const label = 'output norm of columns';
  if (weights.outputNorm === null) builder.add({ label, kernel: layerNorm, buffers, params });
  else builder.add({ label, kernel: rmsNorm, buffers: { ...buffers, gain: weights.outputNorm }, params });
  weights.head.addHead(builder, normed, scratch.rotated, logits, 'columns');
}

// The blocks of a head are one piece in either cache, but the heads lie further apart in the larger one.
function copyCache(
  encoder: GPUCommandEncoder,
  { from, to, tokens }: { readonly from: KvCache; readonly to: KvCache; readonly tokens: number },
  { kvHeads, headDim }: { readonly kvHeads: number; readonly headDim: number },
): void {
  const blockBytes = KV_BLOCK * kvTokenBytes(to.kind, headDim);
  const bytes = kvBlocks(tokens) * blockBytes;
  const pairs = [...from.keys.map((keys, layer) => [keys, to.keys[layer]] as const)];
  pairs.push(...from.values.map((values, layer) => [values, to.values[layer]] as const));
  for (const [source, target] of pairs) {
    for (let head = 0; head < to.slabs * kvHeads; head++) {
      const sourceAt = (head % kvHeads) * kvBlocks(from.capacity) * blockBytes;
      encoder.copyBufferToBuffer(source, sourceAt, target, head * kvBlocks(to.capacity) * blockBytes, bytes);
    }
  }
}
