// Cross-entropy of a file of `sterna quantize` by the forward pass of src/quantize on the CPU, beside that of the engine.
// node scripts/run-ts.mjs bench/quality/cpu-forward.ts MODEL TEXT [WINDOWS] [ADAPTER]   (windows of 256 tokens; 1 if they differ by 1 %)
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { findArchitecture } from '../../src/architectures/index.ts';
import { openFileSource } from '../../src/cli/file-source.ts';
import { measureQuality } from '../../src/cli/measure-quality.ts';
import { openModel } from '../../src/cli/open-model.ts';
import { readGguf } from '../../src/gguf/reader.ts';
import { GgufTensorSet } from '../../src/loader/tensor-set.ts';
import { planWindows } from '../../src/quality/windows.ts';
import { readQuantizationMetadata, sideTensorNames } from '../../src/quant/quantization-metadata.ts';
import type { GainName } from '../../src/quantize/float-layer.ts';
import { LayerForward, type LayerWeights } from '../../src/quantize/layer-forward.ts';
import { addSparse } from '../../src/quantize/outliers.ts';
import { MATRIX_PARTS, type MatrixPart } from '../../src/quantize/recipe.ts';
import { tokenizerFromGguf } from '../../src/tokenizer/index.ts';

const WINDOW_TOKENS = 256;
const TOLERANCE = 0.01;
const GAINS: readonly GainName[] = [
  ...(['attn_norm', 'attn_q_norm', 'attn_k_norm', 'attn_sub_norm', 'ffn_norm', 'ffn_sub_norm'] as const),
];

/** Every value of a tensor: [rows, columns] f32. */
async function readAll(tensors: GgufTensorSet, name: string): Promise<Float32Array> {
  const reader = tensors.open(name);
  return (await reader.readFloats(0, reader.rows)).slice();
}

/** A matrix with all that is kept beside it, as one dense matrix. */
async function readDense(tensors: GgufTensorSet, name: string): Promise<Float32Array> {
  const { columns } = tensors.open(name);
  const values = await readAll(tensors, name);
  const { outlierWeight, outlierIndex, sparse, sparseScale } = sideTensorNames(name);
  if (tensors.has(outlierIndex)) {
    const index = await tensors.openWords(outlierIndex).readWords(0, 1);
    const outliers = await readAll(tensors, outlierWeight);
    outliers.forEach((value, at) => {
      values[Math.floor(at / index.length) * columns + index[at % index.length]] += value;
    });
  }
  if (tensors.has(sparse)) {
    const reader = tensors.openWords(sparse);
    const words = await reader.readWords(0, reader.rows);
    const scales = await readAll(tensors, sparseScale);
    addSparse(values, columns, { words, scales }, (reader.columns * 2 * 32) / columns);
  }
  return values;
}

async function readLayer(tensors: GgufTensorSet, index: number): Promise<LayerWeights> {
  const matrices = {} as Record<MatrixPart, LayerWeights['matrices'][MatrixPart]>;
  for (const part of MATRIX_PARTS) {
    const name = `blk.${index}.${part}`;
    matrices[part] = {
      values: await readDense(tensors, `${name}.weight`),
      columns: tensors.open(`${name}.weight`).columns,
      bias: tensors.has(`${name}.bias`) ? await readAll(tensors, `${name}.bias`) : null,
    };
  }
  const gains = new Map<GainName, Float32Array>();
  for (const gain of GAINS) {
    const name = `blk.${index}.${gain}.weight`;
    if (tensors.has(name)) gains.set(gain, await readAll(tensors, name));
  }
  return { matrices, gains };
}

/** Mean loss of the last logits' tokens, nats. @param targets [T] */
function meanLoss(logits: Float32Array, targets: readonly number[]): number {
  const vocabulary = logits.length / targets.length;
  const losses = targets.map((target, t) => {
    const row = logits.subarray(t * vocabulary, (t + 1) * vocabulary);
    const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    return Math.log(row.reduce((sum, value) => sum + Math.exp(value - largest), 0)) + largest - row[target];
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

async function lossOnCpu(path: string, text: string, windows: number): Promise<number> {
  const source = await openFileSource(path);
  const file = await readGguf(source);
  const metadata = readQuantizationMetadata(file);
  const tensors = new GgufTensorSet(file, source, metadata?.codes);
  const config = findArchitecture(file.fields.string('general.architecture')).readConfig(file);
  const { tokenizer } = tokenizerFromGguf(file);
  const ids = tokenizer.encode(text);
  const beginId = tokenizer.addBosByDefault ? tokenizer.bosId : null;
  const options = { windowTokens: WINDOW_TOKENS, strideTokens: WINDOW_TOKENS, windows };
  const planned = planWindows(ids.length, { ...options, beginToken: beginId !== null });
  const sequences = planned.map(({ first, end }) =>
    beginId === null ? ids.slice(first - 1, end) : [beginId, ...ids.slice(first, end)],
  );
  const embedding = await readAll(tensors, 'token_embd.weight');
  const width = config.hiddenSize;
  const inputs = sequences.flatMap((sequence) => sequence.slice(0, -1));
  const states = new Float32Array(inputs.length * width);
  inputs.forEach((id, t) => {
    states.set(embedding.subarray(id * width, (id + 1) * width), t * width);
  });
  const blockSizes = metadata?.rotation?.blockSizes;
  const online = Array.from({ length: config.layers }, (_, layer) => {
    const blockOf = (part: MatrixPart) => blockSizes?.get(`blk.${layer}.${part}.weight`) ?? 0;
    return new Map(
      MATRIX_PARTS.map((part) => [part, blockOf(part)] as const).filter(([, block]) => block > 0),
    );
  });
  const activations = metadata?.activations ?? 'float';
  const forward = new LayerForward(config, states, {
    ...{ sequenceLength: WINDOW_TOKENS, online, activations, ropeFactors: null },
  });
  for (let layer = 0; layer < config.layers; layer++) forward.runLayer(await readLayer(tensors, layer));
  const gain = await readAll(tensors, 'output_norm.weight');
  const head = tensors.has('output.weight') ? await readAll(tensors, 'output.weight') : embedding;
  const logits = forward.logits(gain, { values: head, columns: width, bias: null });
  await source.close();
  return meanLoss(
    logits,
    sequences.flatMap((sequence) => sequence.slice(1)),
  );
}

async function lossOnEngine(path: string, text: string, windows: number, adapter: string): Promise<number> {
  const model = await openModel(path, { adapter, head: 'file' });
  const options = { windowTokens: WINDOW_TOKENS, windows };
  const { natsPerToken } = await measureQuality(model, text, { options });
  await model.dispose();
  return natsPerToken;
}

/** @returns 0 when both agree within 1 % */
export async function main([path, textPath, windows = '4', adapter = 'default']: string[]): Promise<number> {
  const text = readFileSync(textPath, 'utf8');
  const cpu = await lossOnCpu(path, text, Number(windows));
  const engine = await lossOnEngine(path, text, Number(windows), adapter);
  const difference = Math.abs(engine / cpu - 1);
  console.log(`${basename(path)}: CPU ${cpu.toFixed(4)}, engine ${engine.toFixed(4)} nats per token`);
  console.log(`  difference ${(100 * difference).toFixed(3)} %`);
  return difference < TOLERANCE ? 0 : 1;
}
