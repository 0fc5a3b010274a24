// The safetensors files of one checkpoint folder: a single file, or shards with an index.

import { EngineError } from '../errors.ts';
import type { ByteSource } from '../util/byte-source.ts';
import { isRecord, parseJsonRecord } from '../util/json.ts';
import { readSafetensors, type SafetensorsTensor } from './reader.ts';

/** Read access to the files of a folder. */
export interface CheckpointFolder {
  /** For messages. */
  readonly name: string;
  /** Text of a file, or null when there is no such file. */
  readText(fileName: string): Promise<string | null>;
  /** A source over a file, or null when there is no such file. The folder closes it. */
  open(fileName: string): Promise<ByteSource | null>;
}

const SINGLE_FILE = 'model.safetensors';
const INDEX_FILE = 'model.safetensors.index.json';
/** Shard names come from a file: they must not leave the folder. */
const PLAIN_NAME = /^[\w.-]+\.safetensors$/;

/**
 * All tensors of a checkpoint by name.
 * @throws EngineError 'bad-file' when files are missing or unsound, or the index disagrees with the shards
 */
export async function readCheckpoint(
  folder: CheckpointFolder,
  signal?: AbortSignal,
): Promise<Map<string, SafetensorsTensor>> {
  const single = await folder.open(SINGLE_FILE);
  if (single !== null) return readSafetensors(single, signal);
  const index = await folder.readText(INDEX_FILE);
  if (index === null) throw damaged(folder, `has neither ${SINGLE_FILE} nor ${INDEX_FILE}`, 'one of them');
  const weightMap = parseJsonRecord(index, `${folder.name}/${INDEX_FILE}`).weight_map;
  if (!isRecord(weightMap))
    throw damaged(folder, `${INDEX_FILE} without weight_map`, 'a map of tensor to file');
  const tensors = new Map<string, SafetensorsTensor>();
  for (const shard of new Set(Object.values(weightMap))) {
    if (typeof shard !== 'string' || !PLAIN_NAME.test(shard)) {
      throw damaged(folder, `${INDEX_FILE} with the file ${JSON.stringify(shard)}`, 'plain file names');
    }
    const source = await folder.open(shard);
    if (source === null) throw damaged(folder, `has no ${shard}, which ${INDEX_FILE} names`, 'all shards');
    for (const [name, tensor] of await readSafetensors(source, signal)) {
      if (weightMap[name] !== shard)
        throw damaged(folder, `${shard} with the tensor ${name}`, 'the index to list it');
      tensors.set(name, tensor);
    }
  }
  for (const name of Object.keys(weightMap)) {
    if (!tensors.has(name)) throw damaged(folder, `has no tensor ${name}, which ${INDEX_FILE} names`, 'it');
  }
  return tensors;
}

function damaged(folder: CheckpointFolder, observed: string, expected: string): EngineError {
  return new EngineError(
    'bad-file',
    `The checkpoint ${folder.name} ${observed}; expected ${expected}. Download the checkpoint again.`,
    { details: { folder: folder.name } },
  );
}
