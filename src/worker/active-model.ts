// A loaded model with its tokenizer and scheduler, ready to generate.
import type { MemoryUse, ModelInfo, PerplexityReport } from '../api/types.ts';
import type { EngineError } from '../errors.ts';
import type { GpuContext } from '../gpu/device.ts';
import { type LoadedModel, type LoadModelOptions, loadModel } from '../loader/load-model.ts';
import { readRecommendedSampling } from '../loader/recommended-sampling.ts';
import { measurePerplexity, type PerplexityTask } from '../quality/perplexity.ts';
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
  /** Opens the other files of a split model. Absent: such a model is refused. */
  readonly openShard?: LoadModelOptions['openShard'];
  readonly signal: AbortSignal;
  readonly onPhase: (phase: 'header' | 'weights' | 'compile' | 'warm-up') => void;
}

/** What the caller gives of a scoring task; the model has the rest. */
export type ScoringTask = Pick<PerplexityTask, 'text' | 'options' | 'signal' | 'onProgress'>;

/** What the host keeps of a loaded model. */
export interface ActiveModel {
  readonly info: ModelInfo;
  readonly scheduler: Scheduler;
  readonly tokenizer: Tokenizer;
  /** Rejects when fail() is called; never resolves. */
  readonly failed: Promise<never>;
  /** Ends every running generation with this error. */
  fail(error: EngineError): void;
  /** Scores a text when the generations before it have ended. The conversation in the KV cache is forgotten. */
  perplexity(task: ScoringTask): Promise<PerplexityReport>;
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
    openShard: options.openShard,
    signal: options.signal,
    onPhase: options.onPhase,
  });
  try {
    const { tokenizer, chatTemplate } = tokenizerFromGguf(loaded.file);
    const sequence = await Sequence.create(loaded);
    options.onPhase('warm-up');
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
    let fail: (error: EngineError) => void = () => {};
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    failed.catch(() => {}); // also rejects when nobody generates
    return {
      info: describeModel(resolved, loaded, {
        hasChatTemplate: chatTemplate !== null,
        canThink: canThink(chatTemplate),
        recommendedSampling,
      }),
      scheduler,
      tokenizer,
      failed,
      fail,
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

// Runs prefill and decode once: lazily compiled GPU work then does not delay the first answer.
async function warmUp(sequence: Sequence): Promise<void> {
  const settings = resolveSampling({ temperature: 0, seed: 0 }, {});
  for await (const _ of sequence.run([0, 0], { settings, maxTokens: 2 }));
  sequence.reset();
}

function describeModel(
  resolved: ResolvedModel,
  loaded: LoadedModel,
  text: Pick<ModelInfo, 'hasChatTemplate' | 'canThink' | 'recommendedSampling'>,
): ModelInfo {
  const { fields } = loaded.file;
  const name = fields.optionalString('general.name') ?? resolved.source.name;
  return {
    id: resolved.manifest?.id ?? name,
    name: resolved.manifest?.name ?? name,
    architecture: loaded.architecture,
    license: resolved.manifest?.license ?? fields.optionalString('general.license') ?? 'unknown',
    parameters: loaded.parameters,
    fileBytes: resolved.source.sizeBytes,
    layers: loaded.shape.layers,
    hiddenSize: loaded.shape.hiddenSize,
    vocabularySize: loaded.shape.vocabularySize,
    contextLength: loaded.contextLength,
    kvCache: loaded.kvCache,
    ...text,
    ...(resolved.manifest?.systemPrompt !== undefined && { systemPrompt: resolved.manifest.systemPrompt }),
    memory: loaded.pool.memory(),
    adapter: loaded.gpu.adapter,
    weightKernel:
      loaded.graphs.decode.describe().find(({ kernel }) => kernel.startsWith('matvec'))?.kernel ?? 'none',
  };
}
