// Writes a GGUF file in the shape of a published model with random weights: for load, memory and speed tests at real
// size without the real model. Its answers are nonsense.
//   node scripts/run-ts.mjs bench/models/make-synthetic.ts bitnet-2b OUT.gguf [--type i2_s] [--layers N] [--vocabulary N] [--seed N]

import { parseArgs } from 'node:util';
import { createFileSink } from '../../src/cli/file-source.ts';
import { type GgufPlan, GgufWriter } from '../../src/gguf/writer.ts';
import { PUBLISHED_SHAPES, planMetadata, planTensors } from '../../src/loader/published-shapes.ts';
import type { ByteSink } from '../../src/util/byte-sink.ts';
import { randomTensor, SeededBits } from './random-tensors.ts';
import { planTokenizer } from './synthetic-vocabulary.ts';

/** What to write. */
export interface SyntheticOptions {
  /** A key of PUBLISHED_SHAPES. */
  readonly model: string;
  /** A key of its matrixTypes. Default: the first. */
  readonly type?: string;
  /** Default: as published. */
  readonly layers?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Rows of the embedding, at least MIN_VOCABULARY. Default: as published. */
  readonly vocabularySize?: number;
}

/** Header and tensor list of a synthetic model. @throws Error that lists the choices for an unknown name */
export function planSynthetic(options: SyntheticOptions): GgufPlan {
  const published = PUBLISHED_SHAPES[options.model];
  if (published === undefined) {
    throw new Error(
      `Model ${options.model} is unknown; expected ${Object.keys(PUBLISHED_SHAPES).join(' or ')}.`,
    );
  }
  const types = Object.keys(published.matrixTypes);
  const matrix = published.matrixTypes[options.type ?? types[0]];
  if (matrix === undefined)
    throw new Error(`Type ${options.type} is unknown; expected ${types.join(' or ')}.`);
  const shape = {
    ...published,
    layers: options.layers ?? published.layers,
    vocabularySize: options.vocabularySize ?? published.vocabularySize,
  };
  const metadata = new Map([...planMetadata(shape), ...planTokenizer(shape)]);
  return { metadata, tensors: planTensors(shape, matrix) };
}

/** Streams a synthetic model to a sink, about a MiB at a time. The same options give the same bytes. */
export async function writeSynthetic(options: SyntheticOptions, sink: ByteSink): Promise<void> {
  const plan = planSynthetic(options);
  const bits = new SeededBits(options.seed ?? 1);
  const writer = new GgufWriter(sink, plan);
  await writer.writeHeader();
  for (const tensor of plan.tensors) await writer.writeTensor(tensor.name, randomTensor(tensor, bits));
  writer.finish();
}

/** The command line. @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      type: { type: 'string' },
      layers: { type: 'string' },
      vocabulary: { type: 'string' },
      seed: { type: 'string' },
    },
  });
  const [model, output] = positionals;
  if (model === undefined || output === undefined) {
    console.error(
      'Usage: make-synthetic.ts MODEL OUT.gguf [--type TYPE] [--layers N] [--vocabulary N] [--seed N]',
    );
    console.error(`Models: ${Object.keys(PUBLISHED_SHAPES).join(', ')}`);
    return 2;
  }
  const count = (name: 'layers' | 'vocabulary' | 'seed'): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new Error(`--${name} is ${text}; expected a positive integer.`);
  };
  const startMs = performance.now();
  const sink = await createFileSink(output);
  const options = { model, type: values.type, layers: count('layers'), seed: count('seed') };
  await writeSynthetic({ ...options, vocabularySize: count('vocabulary') }, sink);
  await sink.close();
  const seconds = (performance.now() - startMs) / 1000;
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  console.log(`${output}: written in ${seconds.toFixed(1)} s, peak memory ${peakMiB.toFixed(0)} MiB`);
  return 0;
}
