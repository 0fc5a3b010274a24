import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sourceOfFile } from '../../test/support/shared-data.ts';
import type { ModelDimensions } from '../api/types.ts';
import { bitnetB158 } from '../architectures/bitnet-b1.58/index.ts';
import type { KvKind } from '../architectures/blocks/kv-cache.ts';
import { readGguf } from '../gguf/reader.ts';
import { BufferPool } from '../gpu/buffers.ts';
import type { GpuContext, KernelFeature } from '../gpu/device.ts';
import { PipelineCache } from '../gpu/pipelines.ts';
import { estimateMemory, totalMemory } from './memory-estimate.ts';
import { GgufTensorSet } from './tensor-set.ts';

const FOLDER = new URL('../../models/sterna-chat/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('manifest.json', FOLDER), 'utf8')) as {
  url: string;
  dimensions: ModelDimensions;
};

// Allocates nothing, but counts: buffers of a model are made without a GPU.
function countingGpu(features: readonly KernelFeature[]): GpuContext {
  const limits = { maxBufferSize: 2 ** 31, maxStorageBufferBindingSize: 2 ** 27 };
  const device = {
    limits,
    createBuffer: ({ size }: { size: number }) => ({ size, destroy: () => {} }),
    queue: { writeBuffer: () => {} },
  };
  return {
    device: device as unknown as GPUDevice,
    features: new Set(features),
    adapter: { architecture: 'fake' },
  } as unknown as GpuContext;
}

describe('estimateMemory', () => {
  it.each<[string, readonly KernelFeature[], number, KvKind]>([
    ['with packed dot products', ['packed-dot'] as const, 1024, 'f32'],
    ['with bit planes', [] as const, 1024, 'f16'],
    ['with a short context', ['packed-dot'] as const, 100, 'f32'],
    ['with codes of 8 bits', ['packed-dot'] as const, 4096, 'int8'],
    ['with codes of 4 bits', ['packed-dot'] as const, 4096, 'int4'],
  ])('agrees with what the architecture allocates, %s', async (_, features, contextLength, kvCache) => {
    const source = sourceOfFile(fileURLToPath(new URL(manifest.url, FOLDER)));
    const file = await readGguf(source);
    const gpu = countingGpu(features);
    const pool = new BufferPool(gpu.device);
    bitnetB158.createModel(file, {
      tensors: new GgufTensorSet(file, source),
      activations: 'int8',
      gpu,
      pool,
      pipelines: new PipelineCache(gpu.device),
      contextLength,
      kvCache,
      maxChunkTokens: Math.min(128, contextLength),
      headPrecision: 'int8',
    });
    const allocated = pool.memory();
    const options = { contextLength, kvCache, bitPlanes: features.length === 0 };
    const estimate = estimateMemory(manifest.dimensions, options);
    expect(estimate.weightsBytes).toBe(allocated.weightsBytes);
    expect(estimate.kvCacheBytes).toBe(allocated.kvCacheBytes);
    // The sampler's list of seen tokens comes on top of what the architecture allocates.
    const seenBytes = manifest.dimensions.vocabularySize * 4;
    expect(Math.abs(estimate.scratchBytes - seenBytes - allocated.scratchBytes)).toBeLessThan(1024);
  });

  it('counts scales per group, head norms and a separate head', () => {
    const tied: ModelDimensions = {
      layers: 1,
      hiddenSize: 256,
      ffnSize: 512,
      heads: 2,
      kvHeads: 1,
      headDim: 128,
      vocabularySize: 1000,
      tiedHead: true,
      matrixBits: 2,
    };
    const weights = (change: Partial<ModelDimensions>): number =>
      estimateMemory({ ...tied, ...change }, { contextLength: 64 }).weightsBytes;
    const rows = 512 + 256 + 1024 + 256;
    const groups = 512 * 2 + 256 * 2 + 1024 * 2 + 256 * 4;
    expect(weights({ scaleGroup: 128 }) - weights({})).toBe((groups - rows) * 4);
    expect(weights({ headNorms: true }) - weights({})).toBe(2 * 128 * 4);
    expect(weights({ tiedHead: false }) - weights({})).toBe(1000 * 260);
    expect(weights({ matrixBits: 4 }) - weights({})).toBe(
      (512 * 256 + 256 * 256 + 1024 * 256 + 256 * 512) / 4,
    );
  });

  it('adds up', () => {
    expect(totalMemory({ weightsBytes: 1, kvCacheBytes: 2, scratchBytes: 4 })).toBe(7);
  });
});
