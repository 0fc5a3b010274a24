// Measures one open model on a text, beside a reference where there is one; what `perplexity` and `compare` share.
import type { PerplexityOptions } from '../api/types.ts';
import { EngineError } from '../errors.ts';
import type { GpuContext } from '../gpu/device.ts';
import { DEFAULT_CONTEXT } from '../loader/load-model.ts';
import { measurePerplexity, type QualityReport } from '../quality/perplexity.ts';
import { Scorer } from '../runtime/scorer.ts';
import { type ModelOptions, type OpenModel, openModel } from './open-model.ts';

/** How a text is cut, as the commands' options name it. */
export interface WindowFlags {
  readonly window?: number;
  readonly stride?: number;
  readonly windows?: number;
  readonly bos?: boolean;
}

/** The options of the engine that the flags mean. */
export function perplexityOptions({ window, stride, windows, bos }: WindowFlags): PerplexityOptions {
  return { windowTokens: window, strideTokens: stride, windows, beginToken: bos };
}

/** Options for loading: windows beyond the default context need a larger cache. */
export function withRoom<T extends ModelOptions & WindowFlags>(options: T): T {
  const { context, window = 0 } = options;
  return { ...options, context: context ?? (window > DEFAULT_CONTEXT ? window : undefined) };
}

/**
 * Opens the reference with the most exact arithmetic there is, whatever the options of the models that it judges: so a file
 * can be compared with itself under other options.
 */
export function openReference(
  path: string,
  { adapter, context }: ModelOptions,
  gpu: GpuContext,
): Promise<OpenModel> {
  return openModel(path, { adapter, context, head: 'file', arithmetic: 'exact', kvCache: 'f32' }, gpu);
}

/**
 * Scores the text.
 * @param reference a model on the same device whose tokenizer gives the same ids
 * @throws EngineError 'bad-argument' for texts that are too short and references that cannot be compared; as Scorer
 */
export async function measureQuality(
  model: OpenModel,
  text: string,
  { options, reference }: { readonly options: PerplexityOptions; readonly reference?: OpenModel },
): Promise<QualityReport> {
  if (reference) checkTokenizers(model, reference, text);
  const scorer = await Scorer.create(model.loaded, { reference: reference?.loaded });
  try {
    return await measurePerplexity({
      scorer,
      tokenizer: model.tokenizer,
      contextLength: Math.min(
        model.loaded.contextLength,
        reference?.loaded.contextLength ?? model.loaded.contextLength,
      ),
      text,
      options,
    });
  } finally {
    scorer.dispose();
    model.sequence.reset();
    reference?.sequence.reset();
  }
}

function checkTokenizers(model: OpenModel, reference: OpenModel, text: string): void {
  const ids = model.tokenizer.encode(text);
  const other = reference.tokenizer.encode(text);
  if (ids.length === other.length && ids.every((id, index) => id === other[index])) return;
  throw new EngineError(
    'bad-argument',
    `${model.loaded.file.name} and the reference ${reference.loaded.file.name} cut the text into different tokens; their distributions cannot be compared. Choose a reference with the same tokenizer.`,
  );
}
