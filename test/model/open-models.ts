// Models opened once for many questions: on CPU adapters, compiling the kernels takes longer than running them.
import { type OpenModel, openModel } from '../../src/cli/open-model.ts';
import { Scorer, type TokenScores } from '../../src/runtime/scorer.ts';
import { TEST_ADAPTER } from './test-adapter.ts';

const opened = new Map<string, Promise<OpenModel>>();

/** The model at the path, opened at the first call. It belongs to all who ask, so it is to be left as it was. */
export function sharedModel(path: string): Promise<OpenModel> {
  let model = opened.get(path);
  if (!model) {
    // As `sterna logits`: embedding and head in the precision of the file.
    model = openModel(path, { adapter: TEST_ADAPTER, head: 'file' });
    opened.set(path, model);
  }
  return model;
}

/** What `sterna logits` writes. @returns [1 or ids.length, vocabulary] f32 */
export async function modelLogits(
  path: string,
  ids: readonly number[],
  { all }: { readonly all: boolean },
): Promise<Float32Array> {
  return (await sharedModel(path)).sequence.logits(ids, { all });
}

/**
 * Scores of ids[1..] by a Scorer.
 * @param options.paced false: passes as large as they can be
 * @param options.reference the same file, opened a second time, is the reference
 */
export async function modelScores(
  path: string,
  ids: readonly number[],
  { paced, reference = false }: { readonly paced: boolean; readonly reference?: boolean },
): Promise<TokenScores> {
  const { loaded } = await sharedModel(path);
  const twin = reference ? await openModel(path, { adapter: TEST_ADAPTER, head: 'file' }, loaded.gpu) : null;
  const scorer = await Scorer.create(loaded, { paced, reference: twin?.loaded });
  try {
    return await scorer.score(ids);
  } finally {
    scorer.dispose();
    await twin?.dispose();
  }
}

/** Disposes every model. */
export async function closeModels(): Promise<void> {
  for (const model of opened.values()) await (await model).dispose();
  opened.clear();
}
