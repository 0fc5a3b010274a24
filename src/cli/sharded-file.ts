// A GGUF file on disk with the other files of its model, if it is split.
import type { OpenShard } from '../gguf/split.ts';
import { type FileSource, openFileSource } from './file-source.ts';

/** The first file, and what opens the others. close() closes all that were opened. */
export interface ShardedFile {
  readonly source: FileSource;
  readonly openShard: OpenShard;
  /** Of all files that were opened. */
  sizeBytes(): number;
  close(): Promise<void>;
}

/** Opens the first file. @throws EngineError 'bad-file' when it cannot be opened; openShard too */
export async function openShardedFile(path: string): Promise<ShardedFile> {
  const source = await openFileSource(path);
  const opened = [source];
  return {
    source,
    async openShard(name) {
      const shard = await openFileSource(name);
      opened.push(shard);
      return shard;
    },
    sizeBytes: () => opened.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    async close() {
      await Promise.all(opened.splice(0).map((file) => file.close()));
    },
  };
}
