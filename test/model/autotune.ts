// The autotuner on the default model: other variants leave the logits alone, broken ones are found, time is kept, and
// failures leave the defaults.
import { openFileSource } from '../../src/cli/file-source.ts';
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import type { KernelVariant, WorkgroupCounts } from '../../src/gpu/kernel.ts';
import { type LoadedModel, loadModel } from '../../src/loader/load-model.ts';
import { AUTOTUNE_BUDGET_MS, autotune } from '../../src/runtime/autotune/autotune.ts';
import { type Candidate, type CandidateList, listCandidates } from '../../src/runtime/autotune/candidates.ts';
import { MemoryTuningStore, recordKey, type TuningRecord } from '../../src/runtime/autotune/record.ts';
import { ShapeBench } from '../../src/runtime/autotune/shape-bench.ts';
import { listShapes, type TunableShape } from '../../src/runtime/autotune/shapes.ts';
import { WallClock } from '../../src/runtime/benchmark/pass-clock.ts';
import { Sequence } from '../../src/runtime/sequence.ts';
import { relativeL2 } from './judge.ts';

const IDS = [5, 300, 2048];
/** Of logits, where f32 sums of the head run in another order. */
const MAX_DIFFERENCE = 1e-6;
/** A step that runs when the time is over ends by itself: compilers of CPU adapters hold the event loop. */
const GRACE_MS = 3000;

interface Subject {
  readonly gpu: GpuContext;
  readonly model: LoadedModel;
  readonly sequence: Sequence;
}

/** @returns figures for the report. @throws Error that says what does not hold */
export async function checkAutotune(file: string): Promise<string> {
  const gpu = await acquireNodeDevice('default');
  const model = await loadModel(await openFileSource(file), gpu, { contextLength: 128 });
  try {
    const subject = { gpu, model, sequence: await Sequence.create(model) };
    const before = await subject.sequence.logits(IDS, { all: true });
    const refused = await checkBroken(subject);
    await checkFailures(subject, before);
    const head = await checkChoices(subject, before);
    const elapsed = await checkBudget(subject, before);
    return `${refused} broken candidates refused, integer matrices bit for bit, head ${head.toExponential(1)}, tuned in ${elapsed.toFixed(1)} s`;
  } finally {
    model.dispose();
    gpu.dispose();
  }
}

function need(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

function listOf({ gpu }: Subject, shape: TunableShape): CandidateList {
  const choice = { features: gpu.features, layout: shape.layout, onCpu: gpu.adapter.isFallback };
  return listCandidates(shape.kernel, choice);
}

/** Kernels that are wrong in one way each: a sum that is one too large, rows that are missing, no pipeline. */
async function checkBroken(subject: Subject): Promise<number> {
  const { gpu, model } = subject;
  const shape = listShapes(model).find(({ kernel }) => kernel.name === 'matvec-ternary');
  if (shape === undefined) throw new Error('the default model has no ternary matrices');
  const list = listOf(subject, shape);
  const [{ variant }] = list.candidates;
  const half = ([x, y, z]: WorkgroupCounts): WorkgroupCounts => [Math.ceil(x / 2), y, z];
  const variants: readonly KernelVariant[] = [
    { ...variant, name: 'one-more', code: variant.code.replace('f32(sum) * scale', 'f32(sum + 1) * scale') },
    { ...variant, name: 'half-grid', workgroups: (size) => half(variant.workgroups(size)) },
    { ...variant, name: 'no-such-override', overrides: { ...variant.overrides, NO_SUCH: 1 } },
  ];
  const broken = variants.map((made): Candidate => ({ id: made.name, variant: made }));
  need(broken[0].variant.code !== variant.code, 'the kernel has changed: break it in another way');
  const clock = new WallClock(gpu.device);
  const context = { gpu, pipelines: model.pipelines, clock, now: () => performance.now() };
  const bench = new ShapeBench(context, shape, list);
  try {
    need((await bench.prepare(list.candidates[0])) === null, 'the default was refused');
    for (const candidate of broken) {
      const reason = await bench.prepare(candidate);
      need(
        reason !== null && !reason.includes('slow'),
        `the broken kernel ${candidate.id} was taken: ${reason}`,
      );
    }
    return broken.length;
  } finally {
    await bench.dispose();
  }
}

/** Stores that fail, and records that are no records, leave the defaults. */
async function checkFailures({ model, sequence }: Subject, before: Float32Array): Promise<void> {
  const failing = { read: () => Promise.reject(new Error('no storage')), write: async () => {} };
  const report = await autotune(model, { mode: 'cached', store: failing });
  need(report.problem === 'no storage', `the failure of the store was reported as ${report.problem}`);
  const nonsense = { read: async () => ({ version: 1, candidate: 'x' }), write: async () => {} };
  const ignored = await autotune(model, { mode: 'cached', store: nonsense });
  for (const { source } of [...report.kernels, ...ignored.kernels])
    need(source === 'default', 'a default was replaced');
  const after = await sequence.logits(IDS, { all: true });
  need(relativeL2(after, before) === 0, 'the logits changed without a choice');
}

/** Another candidate of every shape in place of the default: first of the integer kernels, then of all. */
async function checkChoices(subject: Subject, before: Float32Array): Promise<number> {
  const { gpu, model, sequence } = subject;
  const store = new MemoryTuningStore();
  const choose = async (isChosen: (shape: TunableShape) => boolean) => {
    for (const shape of listShapes(model).filter(isChosen)) {
      const list = listOf(subject, shape);
      // No naive and no barrier-heavy one: they take seconds on CPU adapters.
      const candidate = list.candidates.findLast(({ variant }) => variant.requires.length > 0)?.id ?? '';
      await store.write(recordKey(gpu, shape, list), recordOf(candidate));
    }
    const { kernels } = await autotune(model, { mode: 'cached', store });
    const stored = kernels.filter(({ source, variant, defaultVariant }) => {
      return source === 'stored' && variant !== defaultVariant;
    });
    need(stored.length > 0, 'no stored choice was applied');
    return sequence.logits(IDS, { all: true });
  };
  const integers = await choose(({ kernel }) => kernel.name === 'matvec-ternary');
  need(relativeL2(integers, before) === 0, 'other integer kernels changed the logits');
  const all = relativeL2(await choose(() => true), before);
  need(
    all <= MAX_DIFFERENCE,
    `other kernels changed the logits by ${all}; at most ${MAX_DIFFERENCE} is allowed`,
  );
  return all;
}

function recordOf(candidate: string): TuningRecord {
  const times = { default: 2e-5, candidate: 1e-5 };
  return { version: 1, candidate, times, measured: 1, candidates: 1, rejected: [], date: '2026-11-25' };
}

/** Measuring ends in time, and what was measured is in the store. */
async function checkBudget({ model, sequence }: Subject, before: Float32Array): Promise<number> {
  const store = new MemoryTuningStore();
  const report = await autotune(model, { mode: 'on', store });
  need(report.problem === undefined, `tuning failed: ${report.problem}`);
  need(report.elapsedMs <= AUTOTUNE_BUDGET_MS + GRACE_MS, `tuning took ${report.elapsedMs} ms`);
  const measured = report.kernels.filter(({ source }) => source === 'measured');
  const again = await autotune(model, { mode: 'cached', store });
  const stored = again.kernels.filter(({ source }) => source === 'stored');
  need(stored.length === measured.length, `${measured.length} shapes measured, ${stored.length} stored`);
  const difference = relativeL2(await sequence.logits(IDS, { all: true }), before);
  need(difference <= MAX_DIFFERENCE, `the tuned logits differ by ${difference}`);
  return report.elapsedMs / 1000;
}
