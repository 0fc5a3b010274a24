// A ChunkStore in memory: for tests and for programs without IndexedDB. Lives as long as the object.

import { type ChunkRecord, type ChunkStore, type ModelRecord, modelReplaced } from './chunk-store.ts';

/** A ChunkStore without persistence. Holds whole models in memory: not for large ones. */
export class MemoryChunkStore implements ChunkStore {
  readonly #models = new Map<string, ModelRecord>();
  readonly #chunks = new Map<string, Map<number, ChunkRecord>>();

  async getModel(key: string): Promise<ModelRecord | undefined> {
    return this.#models.get(key);
  }

  async putModel(record: ModelRecord): Promise<void> {
    const before = this.#models.get(record.key);
    if (before?.revision !== record.revision) this.#chunks.delete(record.key);
    this.#models.set(record.key, { ...record });
  }

  async getChunk(key: string, index: number): Promise<ChunkRecord | undefined> {
    const record = this.#chunks.get(key)?.get(index);
    return record && { bytes: record.bytes.slice(), sha256: record.sha256 };
  }

  async putChunk(key: string, revision: string, index: number, record: ChunkRecord): Promise<void> {
    if (this.#models.get(key)?.revision !== revision) throw modelReplaced(key);
    const chunks = this.#chunks.get(key) ?? new Map<number, ChunkRecord>();
    this.#chunks.set(key, chunks);
    chunks.set(index, { bytes: record.bytes.slice(), sha256: record.sha256 });
  }

  async deleteChunk(key: string, index: number): Promise<void> {
    this.#chunks.get(key)?.delete(index);
  }

  async listChunks(key: string): Promise<number[]> {
    return [...(this.#chunks.get(key)?.keys() ?? [])].sort((a, b) => a - b);
  }

  async deleteModel(key: string): Promise<void> {
    this.#models.delete(key);
    this.#chunks.delete(key);
  }

  async listModels(): Promise<ModelRecord[]> {
    return [...this.#models.values()];
  }
}
