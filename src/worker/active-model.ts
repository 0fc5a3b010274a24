// A loaded model with its tokenizer and scheduler, ready to generate.
import type { MemoryUse, ModelInfo, ModelManifest, PerplexityReport, PrefillMode } from '../api/types.ts';
import type { EngineError } from '../errors.ts';
import type { GpuContext } from '../gpu/device.ts';
import { type LoadedModel, type LoadModelOptions, loadModel } from '../loader/load-model.ts';
import { readRecommendedSampling } from '../loader/recommended-sampling.ts';
import { measurePerplexity, type PerplexityTask } from '../quality/perplexity.ts';
import { type AutotuneOptions, autotune } from '../runtime/autotune/autotune.ts';
import { resolveSampling } from '../runtime/sampling.ts';
import { Scheduler } from '../runtime/scheduler.ts';
import { Scorer } from '../runtime/scorer.ts';
import { Sequence } from '../runtime/sequence.ts';
import type { ResolvedModel } from '../store/resolve-model.ts';
import { canThink } from '../tokenizer/chat-format.ts';
import { encodeChat } from '../tokenizer/chat-template.ts';
import { tokenizerFromGguf } from '../tokenizer/index.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** Options of createActiveModel. */
export interface ActiveModelOptions {
  readonly contextLength?: number;
  readonly kvCache?: LoadModelOptions['kvCache'];
  readonly arithmetic?: LoadModelOptions['arithmetic'];
  readonly head?: LoadModelOptions['headPrecision'];
  readonly autotune: Pick<AutotuneOptions, 'mode' | 'store'>;
  /** Default `friendly`. */
  readonly prefill?: PrefillMode;
  /** Opens the other files of a split model. Absent: such a model is refused. */
  readonly openShard?: LoadModelOptions['openShard'];
  readonly signal: AbortSignal;
  readonly onPhase: (phase: 'header' | 'weights' | 'compile' | 'warm-up') => void;
}

/** What the caller gives of a scoring task; the model has the rest. */
export type ScoringTask = Pick<PerplexityTask, 'text' | 'options' | 'signal' | 'onProgress'>;

/** What reads and writes text with a loaded model. */
export interface TextModel {
  readonly scheduler: Scheduler;
  readonly tokenizer: Tokenizer;
  /** Scores a text when the generations before it have ended. The conversation in the KV cache is forgotten. */
  perplexity(task: ScoringTask): Promise<PerplexityReport>;
}

/** What the host keeps of a loaded model. */
export interface ActiveModel {
  readonly info: ModelInfo;
  readonly loaded: LoadedModel;
  readonly sequence: Sequence;
  /** Null for synthetic models: they have no vocabulary. */
  readonly text: TextModel | null;
  /** Runs a task when nothing else uses the sequence; what comes later waits for it. */
  exclusive<T>(task: () => Promise<T>): Promise<T>;
  /** Rejects when fail() is called; never resolves. */
  readonly failed: Promise<never>;
  /** Ends every running generation with this error. */
  fail(error: EngineError): void;
  memory(): MemoryUse;
  /** Waits for the running generation, then frees the GPU buffers. */
  dispose(): Promise<void>;
}

/** @throws EngineError as loadModel and tokenizerFromGguf; the signal's reason. Nothing stays on the GPU then. */
export async function createActiveModel(
  resolved: ResolvedModel,
  gpu: GpuContext,
  options: ActiveModelOptions,
): Promise<ActiveModel> {
  const { manifest } = resolved;
  const loaded = await loadModel(resolved.source, gpu, {
    contextLength: options.contextLength ?? manifest?.contextLength,
    kvCache: options.kvCache,
    arithmetic: options.arithmetic,
    headPrecision: options.head,
    openShard: options.openShard,
    signal: options.signal,
    onPhase: options.onPhase,
  });
  try {
    const { tokenizer, chatTemplate } = tokenizerFromGguf(loaded.file);
    const sequence = await Sequence.create(loaded, { prefill: options.prefill ?? 'friendly' });
    options.onPhase('warm-up');
    const tuning = await autotune(loaded, { ...options.autotune, signal: options.signal });
    await warmUp(sequence);
    const recommendedSampling = { ...readRecommendedSampling(loaded.file), ...manifest?.sampling };
    const scheduler = new Scheduler({
      source: sequence,
      tokenizer,
      encodeChat: (messages, { enableThinking }) =>
        encodeChat(tokenizer, chatTemplate, messages, { addGenerationPrompt: true, enableThinking }),
      contextLength: loaded.contextLength,
      recommendedSampling,
    });
    const { name } = resolved.source;
    return {
      info: describeModel({ manifest, name, fileBytes: resolved.source.sizeBytes }, loaded, {
        hasChatTemplate: chatTemplate !== null,
        canThink: canThink(chatTemplate),
        recommendedSampling,
        tuning,
      }),
      loaded,
      sequence,
      text: {
        scheduler,
        tokenizer,
        perplexity: (task) =>
          scheduler.runExclusively(async () => {
            task.signal?.throwIfAborted();
            sequence.reset();
            const scorer = await Scorer.create(loaded, { paced: true });
            try {
              const { reference: _, ...report } = await measurePerplexity({
                ...task,
                scorer,
                tokenizer,
                contextLength: loaded.contextLength,
              });
              return report;
            } finally {
              scorer.dispose();
            }
          }),
      },
      exclusive: (task) => scheduler.runExclusively(task),
      ...createFailure(),
      memory: () => loaded.pool.memory(),
      async dispose() {
        await scheduler.idle();
        loaded.dispose();
      },
    };
  } catch (error) {
    loaded.dispose();
    throw error;
  }
}

/** The end of a model whose device was lost. */
export function createFailure(): Pick<ActiveModel, 'failed' | 'fail'> {
  let fail: (error: EngineError) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {}); // also rejects when nobody waits
  return { failed, fail };
}

/** Runs prefill and decode once: lazily compiled GPU work then does not delay the first answer. */
export async function warmUp(sequence: Sequence): Promise<void> {
  const settings = resolveSampling({ temperature: 0, seed: 0 }, {});
  for await (const _ of sequence.run([0, 0], { settings, maxTokens: 2 }));
  sequence.reset();
}

/** The public record of a model. */
export function describeModel(
  origin: { readonly manifest: ModelManifest | null; readonly name: string; readonly fileBytes: number },
  loaded: LoadedModel,
  rest: Pick<ModelInfo, 'hasChatTemplate' | 'canThink' | 'recommendedSampling' | 'tuning'>,
): ModelInfo {
  const { fields } = loaded.file;
  const { manifest, fileBytes } = origin;
  const name = fields.optionalString('general.name') ?? origin.name;
  return {
    id: manifest?.id ?? name,
    name: manifest?.name ?? name,
    architecture: loaded.architecture,
    license: manifest?.license ?? fields.optionalString('general.license') ?? 'unknown',
    parameters: loaded.parameters,
    bitsPerWeight: loaded.bitsPerWeight,
    fileBytes,
    layers: loaded.shape.layers,
    hiddenSize: loaded.shape.hiddenSize,
    vocabularySize: loaded.shape.vocabularySize,
    contextLength: loaded.contextLength,
    kvCache: loaded.kvCache,
    ...rest,
    ...(manifest?.systemPrompt !== undefined && { systemPrompt: manifest.systemPrompt }),
    memory: loaded.pool.memory(),
    adapter: loaded.gpu.adapter,
    weightKernel:
      loaded.graphs.decode.describe().find(({ kernel }) => /^(block-)?matvec/.test(kernel))?.kernel ?? 'none',
  };
}
