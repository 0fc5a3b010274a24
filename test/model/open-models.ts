// Models opened once for many questions: on CPU adapters, compiling the kernels takes longer than running them.
import { type OpenModel, openModel } from '../../src/cli/open-model.ts';

const opened = new Map<string, Promise<OpenModel>>();

function find(path: string): Promise<OpenModel> {
  let model = opened.get(path);
  if (!model) {
    // As `sterna logits`: embedding and head in the precision of the file.
    model = openModel(path, { adapter: 'default', head: 'file' });
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
  return (await find(path)).sequence.logits(ids, { all });
}

/** Disposes every model. */
export async function closeModels(): Promise<void> {
  for (const model of opened.values()) await (await model).dispose();
  opened.clear();
}
