// Cases of sample: settings x vocabularies x logits x random numbers. The drawn id must be exactly the reference's, which
// is asked only where no threshold lies within MARGIN of the compared value: f32 sums could not tell such draws apart.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { packSettings } from '../common/settings.ts';
import { packState } from '../common/state.ts';
import { drawReference, type SampleSettings, sampleDistribution, uniformNumber } from './reference.ts';

const CANARY = 0x7fc0dead;
const MARGIN = 5e-5;
const SEED = 0x9e3779b9;
const DEFAULTS: SampleSettings = { temperature: 1, topK: 0, topP: 1, minP: 0 };

interface Options {
  readonly name: string;
  readonly v: number;
  readonly settings?: Partial<SampleSettings>;
  /** Edits normal-looking logits with standard deviation 3. */
  readonly edit?: (logits: Float32Array) => void;
}

function makeLogits(v: number): Float32Array {
  const random = seededUniform(v);
  // The sum of four uniform numbers, roughly normal; its spread is about that of a language model's logits.
  return Float32Array.from({ length: v }, () => (random() + random() + random() + random()) * 2.6);
}

/** Steps of the generator whose outcome is certain, with the ids that they draw. */
function certainDraws({ name, v, settings, edit }: Required<Options>, draws: number) {
  const logits = makeLogits(v);
  edit(logits);
  const { temperature, topK, topP, minP } = { ...DEFAULTS, ...settings };
  const distribution = sampleDistribution(logits, {
    temperature: Math.fround(temperature),
    topK,
    topP: Math.fround(topP),
    minP: Math.fround(minP),
  });
  const found: { readonly step: number; readonly id: number }[] = [];
  for (let step = 0; found.length < draws; step++) {
    if (step === 1000) throw new Error(`Case ${name}: too few draws are certain`);
    const { id, margin } = drawReference(distribution, uniformNumber(SEED, step));
    if (margin >= MARGIN) found.push({ step, id });
  }
  return { logits, found };
}

/** Cases that draw with the same distribution and different random numbers; computed when first used. */
function makeCases({ name, v, settings = {}, edit = () => {} }: Options, draws = 3): KernelCase[] {
  let cache: ReturnType<typeof certainDraws> | undefined;
  const compute = () => {
    cache ??= certainDraws({ name, v, settings, edit }, draws);
    return cache;
  };
  return Array.from({ length: draws }, (_, draw) => ({
    name: `${name}, V = ${v}, draw ${draw}`,
    shape: { v, stride: v, parallel: 0 },
    inputs: () => ({
      logits: compute().logits,
      settings: packSettings({ ...DEFAULTS, ...settings, seed: SEED }),
      state: packState({ step: compute().found[draw].step, seed: 1 }),
      chosen: new Uint32Array(4).fill(CANARY),
    }),
    expected: () => ({ chosen: { kind: 'exact', values: Uint32Array.of(compute().found[draw].id) } }),
  }));
}

/** Columns with logits of their own: steps after each other with one seed, or one step with seeds after each other. */
function makeColumns(parallel: boolean): KernelCase {
  const v = 320;
  const step = 17;
  const place = (column: number) =>
    uniformNumber(SEED + (parallel ? column : 0), step + (parallel ? 0 : column));
  // Logits whose draw is certain: sharp ones, the same for all columns but for where the best are.
  const columns = [0, 1, 2].map((column) => {
    const logits = makeLogits(v).map((logit, i) => logit + ((i + 40 * column) % 7 === 0 ? 6 : 0));
    const distribution = sampleDistribution(logits, { ...DEFAULTS, topK: 6 });
    const draw = drawReference(distribution, place(column));
    if (draw.margin < MARGIN) throw new Error(`Column ${column} of the case is not certain`);
    return { logits, id: draw.id };
  });
  return {
    name: `3 ${parallel ? 'sequences' : 'steps'}, V = ${v}`,
    shape: { v, stride: v, parallel: Number(parallel), columns: columns.length },
    inputs: () => ({
      logits: Float32Array.from(columns.flatMap(({ logits }) => [...logits])),
      settings: packSettings({ ...DEFAULTS, topK: 6, seed: SEED }),
      state: packState({ step, seed: 1 }),
      chosen: new Uint32Array(4).fill(CANARY),
    }),
    expected: () => ({ chosen: { kind: 'exact', values: Uint32Array.from(columns, ({ id }) => id) } }),
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'sample',
  cases: [
    makeColumns(false),
    makeColumns(true),
    ...makeCases({ name: 'one token', v: 1 }, 1),
    ...makeCases({ name: 'pure temperature', v: 320 }, 12),
    ...makeCases({ name: 'pure temperature', v: 4096, settings: { temperature: 0.7 } }),
    ...makeCases({ name: 'top-k 1', v: 320, settings: { topK: 1 } }),
    ...makeCases({ name: 'top-k 40', v: 4096, settings: { topK: 40 } }, 8),
    ...makeCases({ name: 'top-k beyond the vocabulary', v: 63, settings: { topK: 100 } }),
    ...makeCases({ name: 'top-k 1024', v: 4097, settings: { topK: 1024, temperature: 2 } }),
    ...makeCases({ name: 'top-k 5000 counts as 1024', v: 5001, settings: { topK: 5000, temperature: 5 } }),
    ...makeCases({ name: 'top-p 0.9', v: 4096, settings: { topP: 0.9 } }, 8),
    ...makeCases({ name: 'top-p 0.01', v: 4096, settings: { topP: 0.01 } }),
    ...makeCases({ name: 'top-p 0.95, cool', v: 151936, settings: { topP: 0.95, temperature: 0.5 } }),
    ...makeCases({ name: 'min-p 0.05', v: 4096, settings: { minP: 0.05 } }, 8),
    ...makeCases({ name: 'min-p 0.999', v: 320, settings: { minP: 0.999 }, edit: (l) => l.fill(9, 7, 10) }),
    ...makeCases({ name: 'k, p and min-p', v: 4096, settings: { topK: 50, topP: 0.8, minP: 0.1 } }, 8),
    ...makeCases({ name: 'k and p', v: 151935, settings: { topK: 40, topP: 0.95, temperature: 0.8 } }),
    ...makeCases({ name: 'nearly greedy', v: 4096, settings: { temperature: 1e-3, topK: 40 } }),
    ...makeCases({ name: 'hot', v: 4096, settings: { temperature: 100, topK: 40, topP: 0.9 } }),
    ...makeCases({ name: 'flat', v: 151936, edit: (l) => l.fill(-2) }),
    ...makeCases({
      name: 'flat, k and p',
      v: 4099,
      settings: { topK: 200, topP: 0.5025 },
      edit: (l) => l.fill(0),
    }),
    ...makeCases({
      name: 'ties across the limit',
      v: 4096,
      settings: { topK: 12 },
      edit: (l) => l.fill(9, 100, 110).fill(8, 3000, 3010).fill(8, 17, 19),
    }),
    ...makeCases({
      name: 'more ties than candidates below a peak',
      v: 9001,
      settings: { temperature: 3 },
      edit: (l) => l.fill(8, 2000, 8000).fill(9, 500, 520),
    }),
    ...makeCases({
      name: 'zeros of both signs tie',
      v: 321,
      settings: { topK: 3 },
      edit: (l) => l.fill(-1).fill(0, 40, 42).fill(-0, 10, 12),
    }),
    ...makeCases({
      name: 'masked but few',
      v: 4096,
      settings: { temperature: 0.01 },
      edit: (l) => l.fill(-3e38).fill(3, 77, 79).fill(3.002, 4000, 4001),
    }),
    ...makeCases({
      name: 'huge logits',
      v: 4096,
      settings: { topK: 40 },
      edit: (l) => l.fill(3e38, 5, 7).fill(1e38, 900, 2900),
    }),
    ...makeCases({
      name: 'near the largest float',
      v: 4096,
      settings: { temperature: 2e37 },
      edit: (l) => l.set(l.map((logit) => 2.3e38 + logit * 1e37)),
    }),
  ],
};
