import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { makeSynthetic, type Storage, type SyntheticModel } from '../../test/model/synthetic-models.ts';
import type { OwnStorage } from '../../test/model/synthetic-quantized.ts';
import { sourceOfFile } from '../../test/support/shared-data.ts';
import type { HeadPrecision, ModelDimensions } from '../api/types.ts';
import { bitnetB158 } from '../architectures/bitnet-b1.58/index.ts';
import type { KvKind } from '../architectures/blocks/kv-cache.ts';
import { createKvCache } from '../architectures/blocks/kv-cache.ts';
import { findArchitecture } from '../architectures/index.ts';
import { readGguf } from '../gguf/reader.ts';
import { BufferPool } from '../gpu/buffers.ts';
import type { GpuContext, KernelFeature } from '../gpu/device.ts';
import { PipelineCache } from '../gpu/pipelines.ts';
import { readQuantizationMetadata } from '../quant/quantization-metadata.ts';
import { MemorySource } from '../util/byte-source.ts';
import { planActivations } from './activations.ts';
import { defaultChunkTokens } from './chunk-tokens.ts';
import { estimateMemory, totalMemory } from './memory-estimate.ts';
import { readDimensions } from './model-dimensions.ts';
import { readOutlierChannels } from './outlier-channels.ts';
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
  it.each(['f32', 'int4'] as const)('counts the caches of answers side by side, %s', (kvCache) => {
    const { dimensions } = manifest;
    const pool = new BufferPool(countingGpu([]).device);
    createKvCache(dimensions, { pool, contextLength: 200, kvCache }, 3);
    const alone = estimateMemory(dimensions, { contextLength: 1024, kvCache });
    const parallel = { answers: 3, tokens: 200 };
    const together = estimateMemory(dimensions, { contextLength: 1024, kvCache, parallel });
    expect(together.kvCacheBytes - alone.kvCacheBytes).toBe(pool.memory().kvCacheBytes);
    expect(together.scratchBytes).toBeGreaterThan(alone.scratchBytes);
  });

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
      maxChunkTokens: defaultChunkTokens(contextLength),
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

  it.each([
    ['f16', 'exact'],
    ['bf16', 'block'],
    ['q8_0', 'block'],
    ['q4_0', 'exact'],
    ['q4_0', 'block'],
    ['q4_k', 'block'],
    ['q6_k', 'exact'],
    ['q1_0', 'exact'],
    ['q1_0', 'block'],
    ['q2_0', 'block'],
    ['tq2_0', 'block'],
    ['ternary-tq2_0', 'exact'],
    ['ternary-i2_s', 'block'],
    ['mixed', 'block'],
  ] as const)('is within 3 % of what a model in %s allocates, %s', async (storage, arithmetic) => {
    const matrices = (tensor: string): Storage =>
      storage === 'mixed' ? (/attn_v|ffn_down/.test(tensor) ? 'q6_k' : 'q4_k') : storage;
    const tables = storage === 'mixed' ? 'q6_k' : storage;
    const model = { name: storage, architecture: 'llama', matrices, tables, untied: true };
    const source = new MemorySource(storage, await makeSynthetic(model, 1));
    const file = await readGguf(source);
    const tensors = new GgufTensorSet(file, source);
    const gpu = countingGpu(['packed-dot']);
    const pool = new BufferPool(gpu.device);
    const contextLength = 512;
    findArchitecture('llama').createModel(file, {
      tensors,
      ...(await planActivations(file, tensors, { arithmetic })),
      gpu,
      pool,
      pipelines: new PipelineCache(gpu.device),
      contextLength,
      kvCache: 'f32',
      maxChunkTokens: 128,
      headPrecision: 'int8',
    });
    const allocated = pool.memory();
    const estimate = estimateMemory(readDimensions(file), { contextLength, arithmetic });
    expect(estimate.kvCacheBytes).toBe(allocated.kvCacheBytes);
    for (const part of ['weightsBytes', 'scratchBytes'] as const) {
      expect(Math.abs(estimate[part] / allocated[part] - 1)).toBeLessThan(0.03);
    }
  });

  it.each<[string, OwnStorage, HeadPrecision]>([
    ['outlier channels', { outliers: 64 }, 'int8'],
    ['single outliers', { sparse: 2 }, 'int8'],
    ['more single outliers', { sparse: 4 }, 'int8'],
    ['codes by row', { codes: { kind: 'int8', groupSize: 0 } }, 'int8'],
    ['codes by group', { codes: { kind: 'int4', groupSize: 64 } }, 'int8'],
    ['a head of six bits', { outliers: 64 }, 'int6'],
    ['a rotated head', {}, 'int4-hadamard'],
    ['a head as stored', {}, 'file'],
  ])(
    'is within 1 % of the weights and 3 % of the scratch that a quantised file has on the device: %s',
    async (_, own, head) => {
      for (const untied of [false, true]) {
        const model: SyntheticModel = {
          name: 'quantised',
          architecture: 'llama',
          matrices: () => 'ternary-tq2_0',
          tables: 'f16',
          untied,
          own: (tensor) =>
            /^blk\.\d+\.(attn|ffn)_[a-z]+$/.test(tensor) && !/norm/.test(tensor) ? own : undefined,
        };
        const source = new MemorySource('quantised', await makeSynthetic(model, 1));
        const file = await readGguf(source);
        const tensors = new GgufTensorSet(file, source, readQuantizationMetadata(file)?.codes);
        const gpu = countingGpu(['packed-dot']);
        const pool = new BufferPool(gpu.device);
        findArchitecture('llama').createModel(file, {
          tensors,
          ...(await planActivations(file, tensors, { arithmetic: 'block' })),
          outlierChannels: await readOutlierChannels(file, tensors),
          gpu,
          pool,
          pipelines: new PipelineCache(gpu.device),
          contextLength: 64,
          kvCache: 'f32',
          maxChunkTokens: 64,
          headPrecision: head,
        });
        const options = { contextLength: 64, arithmetic: 'block', head } as const;
        const estimate = estimateMemory(readDimensions(file, head), { ...options, maxChunkTokens: 64 });
        const allocated = pool.memory();
        for (const part of ['weightsBytes', 'scratchBytes'] as const) {
          expect(Math.abs(estimate[part] / allocated[part] - 1)).toBeLessThan(
            part === 'weightsBytes' ? 0.01 : 0.03,
          );
        }
      }
    },
  );

  it('counts the cache in any kind, scales included', () => {
    const { headDim, layers, kvHeads } = manifest.dimensions;
    const elements = layers * 2 * kvHeads * headDim * 128;
    for (const [kind, bytes] of [
      ['f32', 4],
      ['f16', 2],
      ['int8', 1 + 4 / headDim],
      ['int4', 0.5 + 4 / headDim],
    ] as const) {
      const options = { contextLength: 128, kvCache: kind };
      expect(estimateMemory(manifest.dimensions, options).kvCacheBytes).toBe(elements * bytes);
    }
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
    expect(weights({ scaleGroup: 128, minima: true }) - weights({ scaleGroup: 128 })).toBe(groups * 4);
    expect(weights({ tiedHead: false }) - weights({})).toBe(1000 * 260);
    expect(weights({ tableBits: 1, tableScaleGroup: 128 }) - weights({})).toBe(1000 * (32 + 8 - 260));
    expect(weights({ matrixBits: 4 }) - weights({})).toBe(
      (512 * 256 + 256 * 256 + 1024 * 256 + 256 * 512) / 4,
    );
  });

  it('adds up', () => {
    expect(totalMemory({ weightsBytes: 1, kvCacheBytes: 2, scratchBytes: 4 })).toBe(7);
  });
});
