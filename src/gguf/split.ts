// Reads a model that is split over several GGUF files (`NAME-00001-of-00003.gguf`) as one.
// The first file has the metadata of the model; each has its own tensors, with offsets of its own.
// https://github.com/ggml-org/llama.cpp/tree/master/tools/gguf-split

import { EngineError } from '../errors.ts';
import type { ByteSource } from '../util/byte-source.ts';
import { ggmlTensorBytes, ggmlTypeLayouts } from '../util/ggml-types.ts';
import { MAX_SHARDS, MAX_TENSORS } from './limits.ts';
import { type GgufFile, readGguf } from './reader.ts';
import { countElements, type GgufTensor } from './values.ts';

/**
 * Opens another file of a split model.
 * @param name the name of the first source with the number of the shard exchanged: a path or URL stays one
 */
export type OpenShard = (name: string) => Promise<ByteSource>;

/** Prefix, number, count, and what may follow in a URL. */
const SHARD_NAME = /^(.*)-(\d{5})-of-(\d{5})(\.gguf(?:[?#].*)?)$/s;

/**
 * Reads the headers of a model in one file or several; a file that is not split is returned as readGguf returns it.
 * @param first shard 1, or the only file
 * @param openShard undefined where other files cannot be reached; a split model is then refused
 * @returns the metadata of the first file and the tensors of all, in the order of the files; each tensor of a split
 *   model has its `source`. The caller keeps the sources open while it reads tensors.
 * @throws EngineError 'bad-file' when the files do not make one model, 'bad-argument' when `first` is not the first
 *   or the others cannot be opened; whatever readGguf and openShard throw
 */
export async function readSplitGguf(
  first: ByteSource,
  openShard: OpenShard | undefined,
  signal?: AbortSignal,
): Promise<GgufFile> {
  const head = await readGguf(first, signal);
  const count = head.fields.optionalInteger('split.count', { min: 0, max: MAX_SHARDS }) ?? 1;
  if (count <= 1) return head;
  requireFirst(head);
  const names = shardNames(first.name, count);
  if (openShard === undefined) {
    throw new EngineError(
      'bad-argument',
      `${first.name} is file 1 of ${count} of a model, and the others cannot be opened from here. Merge them into one GGUF file with \`llama-gguf-split --merge\`, or load the model from a folder or an address that has all of them.`,
      { details: { file: first.name, have: 1, need: count } },
    );
  }
  const tensors = new Map<string, GgufTensor>();
  addTensors(tensors, head, first);
  for (let index = 1; index < count; index++) {
    signal?.throwIfAborted();
    const source = await openShard(names[index]);
    const shard = await readGguf(source, signal);
    checkShard(head, shard, index, count);
    addTensors(tensors, shard, source);
  }
  checkTotal(head, tensors);
  return { ...head, tensors: [...tensors.values()] };
}

function requireFirst(head: GgufFile): void {
  const number = head.fields.integer('split.no', { min: 0, max: MAX_SHARDS - 1 });
  if (number === 0) return;
  throw new EngineError(
    'bad-argument',
    `${head.name} is file ${number + 1} of a split model. Open its first file, whose name has -00001-of-.`,
    { details: { file: head.name, have: number + 1, need: 1 } },
  );
}

function shardNames(first: string, count: number): string[] {
  const parts = SHARD_NAME.exec(first);
  const digits = (value: number): string => String(value).padStart(5, '0');
  const ending = `-${digits(1)}-of-${digits(count)}.gguf`;
  if (parts === null || Number(parts[2]) !== 1 || Number(parts[3]) !== count) {
    throw splitError(
      first,
      'name',
      'another',
      `one that ends in ${ending}, since it is the first of ${count}`,
    );
  }
  const [, prefix, , , suffix] = parts;
  return Array.from(
    { length: count },
    (_, index) => `${prefix}-${digits(index + 1)}-of-${digits(count)}${suffix}`,
  );
}

/** The number in a shard's name is the one that was asked for, so that split.no is checked against the name. */
function checkShard(head: GgufFile, shard: GgufFile, index: number, count: number): void {
  const expected: readonly (readonly [string, number])[] = [
    ['split.no', index],
    ['split.count', count],
    ['split.tensors.count', head.fields.integer('split.tensors.count')],
  ];
  for (const [key, value] of expected) {
    const found = shard.fields.integer(key);
    if (found !== value) throw splitError(shard.name, key, String(found), String(value));
  }
  const key = 'general.architecture';
  const found = shard.fields.optionalString(key);
  const architecture = head.fields.optionalString(key);
  if (found !== null && found !== architecture) {
    throw splitError(shard.name, key, found, `${architecture}, as in ${head.name}`);
  }
}

function addTensors(tensors: Map<string, GgufTensor>, file: GgufFile, source: ByteSource): void {
  for (const tensor of file.tensors) {
    const field = `tensor ${tensor.name}`;
    if (tensors.has(tensor.name)) throw splitError(file.name, field, 'in an earlier file too', 'it once');
    if (tensors.size === MAX_TENSORS) throw splitError(file.name, field, 'one more', `${MAX_TENSORS} in all`);
    tensors.set(tensor.name, { ...tensor, source });
  }
}

function checkTotal(head: GgufFile, tensors: ReadonlyMap<string, GgufTensor>): void {
  const total = head.fields.integer('split.tensors.count');
  if (tensors.size !== total) {
    throw splitError(
      head.name,
      'split.tensors.count',
      String(total),
      `${tensors.size}, the number in all files`,
    );
  }
  // A type id with two layouts has one of them in all files, as within a file.
  const blocks = new Map<number, number>();
  for (const tensor of tensors.values()) {
    const layout = ggmlTypeLayouts(tensor.type).find(
      (candidate) => ggmlTensorBytes(candidate, countElements(tensor.dims)) === tensor.sizeBytes,
    );
    const blockElements = layout?.blockElements ?? 0;
    const known = blocks.get(tensor.type) ?? blockElements;
    if (known !== blockElements) {
      const field = `block size of tensor ${tensor.name}`;
      throw splitError(head.name, field, String(blockElements), `${known}, as in the other files`);
    }
    blocks.set(tensor.type, blockElements);
  }
}

function splitError(file: string, field: string, observed: string, expected: string): EngineError {
  return new EngineError(
    'bad-file',
    `${file} does not fit into its split model: ${field} is ${observed}; expected ${expected}. Download all files of the model again.`,
    { details: { file, field } },
  );
}
