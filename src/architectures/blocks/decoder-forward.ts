// The forward pass of a pre-norm decoder as lists of dispatches.
// Legend: T tokens, D hidden, F ffn, H heads, G kv heads, Dh head dim, S context, V vocabulary.
// Sources of the structure: Hugging Face models/{bitnet,llama,qwen2,qwen3,olmo}/modeling_*.py.
import { FFN_ACTIVATION, ffnGate } from '../../../shaders/ffn-gate/kernel.ts';
import { GraphBuilder } from '../../gpu/graph.ts';
import type { ModelGraphs } from '../architecture.ts';
import { addAttention } from './attention.ts';
import { addBlockDecode } from './block-decode.ts';
import { completeTables, planBlockDecode } from './block-plan.ts';
import type { DecoderParts } from './decoder-parts.ts';
import { addLinearInput, addNorm, type Norm } from './linear-input.ts';
import type { PassMode } from './stacked-tensor.ts';

/** Compiles decode, prefill and head. @throws EngineError 'gpu-error' */
export async function buildDecoderGraphs(parts: DecoderParts): Promise<ModelGraphs> {
  const { gpu, pipelines, pool } = parts.context;
  const create = () => new GraphBuilder(gpu, pipelines, pool);
  const builders = { decode: create(), prefill: create(), head: create(), decodeHead: create() };
  const plan = planBlockDecode(parts);
  if (plan === null) addBody(builders.decode, 'decode', parts);
  else addBlockDecode({ body: builders.decode, head: builders.decodeHead }, parts, plan);
  const hasOwnHead = plan !== null && plan.head.length > 0;
  addBody(builders.prefill, 'prefill', promptParts(parts));
  addHead(builders.head, parts);
  const [decode, prefill, head, decodeHead] = await Promise.all([
    builders.decode.build(1),
    builders.prefill.build(1),
    builders.head.build(1),
    builders.decodeHead.build(1),
  ]);
  return {
    decode,
    prefill,
    head,
    decodeHead: hasOwnHead ? decodeHead : head,
    takesColumns: plan === null,
    completeWeights: (encoder) => {
      if (plan !== null) completeTables(encoder, plan);
    },
  };
}

// BitLinears were trained with one scale per token, and whole sums are faster than those of blocks: their prompts are
// computed in exact arithmetic whatever decodes.
function promptParts(parts: DecoderParts): DecoderParts {
  const { context } = parts;
  return context.isBitLinear ? { ...parts, context: { ...context, activations: 'int8' } } : parts;
}

/** Adds embedding and layers. */
export function addBody(builder: GraphBuilder, mode: PassMode, parts: DecoderParts): void {
  const { weights, ports, scratch, config } = parts;
  weights.embedding.addGather(builder, ports.ids, scratch.rotated, scratch.x);
  for (let index = 0; index < config.layers; index++) {
    addAttentionLayer(builder, mode, parts, index);
    addFfnLayer(builder, mode, parts, index);
  }
}

function addAttentionLayer(builder: GraphBuilder, mode: PassMode, parts: DecoderParts, index: number): void {
  const { scratch, config, weights } = parts;
  const layer = weights.layers[index];
  const label = `blk.${index} attention`;
  const input = addLinearInput(
    builder,
    parts,
    {
      label,
      x: scratch.x,
      norm: mainNorm(layer.attentionNorm),
      columns: config.hiddenSize,
    },
    layer.qkv,
  );
  layer.qkv.addTo(builder, mode, input, scratch.qkv, { accumulate: false });
  addAttention(builder, mode, parts, index);
  const output = addLinearInput(
    builder,
    parts,
    {
      label: `${label} output`,
      x: scratch.attention,
      norm: subNorm(layer.attentionSubNorm),
      columns: config.heads * config.headDim,
    },
    layer.attentionOutput,
  );
  layer.attentionOutput.addTo(builder, mode, output, scratch.x, { accumulate: true });
}

function addFfnLayer(builder: GraphBuilder, mode: PassMode, parts: DecoderParts, index: number): void {
  const { scratch, config, weights } = parts;
  const layer = weights.layers[index];
  const label = `blk.${index} ffn`;
  const input = addLinearInput(
    builder,
    parts,
    {
      label,
      x: scratch.x,
      norm: mainNorm(layer.ffnNorm),
      columns: config.hiddenSize,
    },
    layer.gateUp,
  );
  layer.gateUp.addTo(builder, mode, input, scratch.gateUp, { accumulate: false });
  const { silu, squaredRelu } = FFN_ACTIVATION;
  builder.add({
    label: `${label} gate`,
    kernel: ffnGate,
    buffers: { gate_up: scratch.gateUp, out: scratch.hidden },
    params: { f: config.ffnSize, activation: config.traits.activation === 'silu' ? silu : squaredRelu },
  });
  const down = addLinearInput(
    builder,
    parts,
    {
      label: `${label} down`,
      x: scratch.hidden,
      norm: subNorm(layer.ffnSubNorm),
      columns: config.ffnSize,
    },
    layer.ffnDown,
  );
  layer.ffnDown.addTo(builder, mode, down, scratch.x, { accumulate: true });
}

function addHead(builder: GraphBuilder, parts: DecoderParts): void {
  const { scratch, ports, weights, config } = parts;
  const source = {
    label: 'output',
    x: scratch.x,
    norm: mainNorm(weights.outputNorm),
    columns: config.hiddenSize,
  };
  addNorm(builder, parts, source, { lastOnly: true });
  weights.head.addHead(builder, scratch.normed, scratch.rotated, ports.logits);
}

// Every layer has a norm before it; one without a gain is a LayerNorm.
function mainNorm(gain: GPUBuffer | null): Norm {
  return gain === null ? { kind: 'layer' } : { kind: 'rms', gain };
}

function subNorm(gain: GPUBuffer | null): Norm {
  return gain === null ? null : { kind: 'rms', gain };
}
