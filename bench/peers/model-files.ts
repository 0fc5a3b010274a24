// Writes the files of a peers' model for every engine into one folder, once: GGUF, ONNX with its configuration, prompts.
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { createFileSink } from '../../src/cli/file-source.ts';
import { GgufFields } from '../../src/gguf/fields.ts';
import type { PublishedShape } from '../../src/loader/published-shapes.ts';
import { tokenizerFromGguf } from '../../src/tokenizer/index.ts';
import { SeededBits } from '../models/random-tensors.ts';
import { planTokenizer } from '../models/synthetic-vocabulary.ts';
import { modelShape, writeGgufModel } from './gguf-model.ts';
import { decoderModel } from './onnx/decoder-model.ts';
import type { ModelPlan } from './presets.ts';
import type { PromptFile } from './records.ts';
import { planMatrices } from './ternary-weights.ts';

const PROMPTS = 12;

/** Writes the folder `plan.folder` below `parent`, unless it holds the same plan already. */
export async function writePeerModel(plan: ModelPlan, parent: string): Promise<void> {
  const folder = path.join(parent, plan.folder);
  const marker = path.join(folder, `${JSON.stringify(plan).length}-${planMatrices(plan).length}.done`);
  if (existsSync(marker)) return;
  mkdirSync(path.join(folder, 'onnx'), { recursive: true });
  for (const form of ['tq2_0', 'q4_0'] as const) {
    const sink = await createFileSink(path.join(folder, `${form}.gguf`));
    await writeGgufModel(plan, form, sink);
    await sink.close();
  }
  for (const bits of [2, 4] as const) {
    writeParts(path.join(folder, `onnx/model_q${bits}.onnx`), decoderModel(plan, bits).parts);
  }
  const json = (name: string, value: unknown) =>
    writeFileSync(path.join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
  json('config.json', modelConfig(plan));
  json('generation_config.json', { do_sample: false });
  const prompts: PromptFile = {
    name: plan.name,
    parameters: planMatrices(plan).reduce((sum, { rows, columns }) => sum + rows * columns, 0),
    contextLength: plan.contextLength,
    ...makePrompts(modelShape(plan), plan.promptTokens),
  };
  json('prompts.json', prompts);
  writeFileSync(marker, '');
}

function writeParts(file: string, parts: readonly Uint8Array[]): void {
  const handle = openSync(file, 'w');
  for (const part of parts) {
    for (let at = 0; at < part.length; ) at += writeSync(handle, part, at);
  }
  closeSync(handle);
}

/** What transformers.js reads of config.json. */
function modelConfig(plan: ModelPlan): object {
  return {
    model_type: 'qwen3',
    architectures: ['Qwen3ForCausalLM'],
    hidden_size: plan.hiddenSize,
    intermediate_size: plan.ffnSize,
    num_hidden_layers: plan.layers,
    num_attention_heads: plan.heads,
    num_key_value_heads: plan.kvHeads,
    head_dim: plan.headDim,
    vocab_size: plan.vocabularySize,
    max_position_embeddings: plan.contextLength,
    tie_word_embeddings: true,
  };
}

/** Texts of random letters, cut to as many tokens as are asked for. @throws Error when the tokenizer does not agree */
function makePrompts(shape: PublishedShape, tokens: number): Pick<PromptFile, 'prompts' | 'texts'> {
  const { tokenizer } = tokenizerFromGguf({
    name: shape.name,
    fields: new GgufFields(shape.name, planTokenizer(shape)),
  });
  const bits = new SeededBits(5);
  const prompts = Array.from({ length: PROMPTS }, (_, index) => {
    const letters = Array.from({ length: tokens * 4 }, () => (bits.next() >>> 8) % 26);
    const text = letters.map((letter) => String.fromCharCode(97 + letter)).join('');
    const first = String.fromCharCode(65 + index);
    const ids = tokenizer.encode(first + text, { addBos: false }).slice(0, tokens);
    const cut = tokenizer.decode(ids);
    const again = tokenizer.encode(cut, { addBos: false });
    if (again.length !== tokens) throw new Error(`a prompt has ${again.length} tokens instead of ${tokens}`);
    return { text: cut, ids: [...again] };
  });
  const texts = Array.from({ length: shape.vocabularySize }, (_, id) => tokenizer.decode([id]));
  return { prompts, texts };
}
