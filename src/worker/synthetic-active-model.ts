// A synthetic model ready to be measured: no text goes in or out.
import type {
  Arithmetic,
  HeadPrecision,
  KvCacheKind,
  LoadPhase,
  PrefillMode,
  SyntheticModel,
} from '../api/types.ts';
import type { GpuContext } from '../gpu/device.ts';
import { loadSyntheticModel } from '../loader/synthetic-model.ts';
import { type AutotuneOptions, autotune } from '../runtime/autotune/autotune.ts';
import { Sequence } from '../runtime/sequence.ts';
import { type ActiveModel, createFailure, describeModel, warmUp } from './active-model.ts';

/** Options of createSyntheticActiveModel. */
export interface SyntheticActiveOptions {
  readonly contextLength?: number;
  readonly kvCache?: KvCacheKind;
  readonly arithmetic?: Arithmetic;
  readonly head?: HeadPrecision;
  readonly autotune: Pick<AutotuneOptions, 'mode' | 'store'>;
  /** Default `friendly`. */
  readonly prefill?: PrefillMode;
  readonly signal: AbortSignal;
  readonly onPhase: (phase: LoadPhase) => void;
  readonly onBytes: (madeBytes: number, totalBytes: number) => void;
}

/** @throws EngineError as loadSyntheticModel; the signal's reason. Nothing stays on the GPU then. */
export async function createSyntheticActiveModel(
  model: SyntheticModel,
  gpu: GpuContext,
  options: SyntheticActiveOptions,
): Promise<ActiveModel> {
  const { head: headPrecision } = options;
  const loaded = await loadSyntheticModel(model.synthetic, gpu, {
    ...options,
    headPrecision,
    layers: model.layers,
  });
  try {
    const sequence = await Sequence.create(loaded, { prefill: options.prefill ?? 'friendly' });
    options.onPhase('warm-up');
    const tuning = await autotune(loaded, { ...options.autotune, signal: options.signal });
    await warmUp(sequence);
    let tail: Promise<unknown> = Promise.resolve();
    const origin = { manifest: null, name: loaded.file.name, fileBytes: 0 };
    const info = describeModel(origin, loaded, {
      hasChatTemplate: false,
      canThink: false,
      recommendedSampling: {},
      tuning,
    });
    return {
      info: { ...info, id: model.synthetic, license: 'none: random weights' },
      loaded,
      sequence,
      text: null,
      exclusive(task) {
        const result = tail.then(task);
        tail = result.catch(() => {});
        return result;
      },
      ...createFailure(),
      memory: () => loaded.pool.memory(),
      async dispose() {
        await tail;
        loaded.dispose();
      },
    };
  } catch (error) {
    loaded.dispose();
    throw error;
  }
}
