import { describe, expect, it } from 'vitest';
import { makeSynthetic, SIZES, type SyntheticModel } from '../../../test/model/synthetic-models.ts';
import type { GgufFile } from '../../gguf/reader.ts';
import { readGguf } from '../../gguf/reader.ts';
import { BufferPool } from '../../gpu/buffers.ts';
import type { GpuContext } from '../../gpu/device.ts';
import { PipelineCache } from '../../gpu/pipelines.ts';
import { GgufTensorSet } from '../../loader/tensor-set.ts';
import { MemorySource } from '../../util/byte-source.ts';
import { findArchitecture } from '../index.ts';

// Buffers are made without a GPU.
function fakeGpu(): GpuContext {
  const device = {
    limits: { maxBufferSize: 2 ** 31, maxStorageBufferBindingSize: 2 ** 27 },
    createBuffer: ({ size }: { size: number }) => ({ size, destroy: () => {} }),
    queue: { writeBuffer: () => {} },
  };
  return {
    device,
    features: new Set(['packed-dot']),
    adapter: { architecture: 'fake' },
  } as unknown as GpuContext;
}

async function build(model: SyntheticModel, change: (file: GgufFile) => GgufFile = (file) => file) {
  const source = new MemorySource(`${model.name}.gguf`, await makeSynthetic(model, 1));
  const file = change(await readGguf(source));
  const gpu = fakeGpu();
  return findArchitecture(model.architecture).createModel(file, {
    tensors: new GgufTensorSet(file, source),
    activations: 'float',
    gpu,
    pool: new BufferPool(gpu.device),
    pipelines: new PipelineCache(gpu.device),
    contextLength: 64,
    kvCache: 'f32',
    maxChunkTokens: 16,
    headPrecision: 'file',
  });
}

const model = (architecture: string): SyntheticModel => ({
  name: architecture,
  architecture,
  matrices: () => 'f16',
});

describe('defineDecoder', () => {
  it('takes every tensor of the file, biases too', async () => {
    const { sinks } = await build({ ...model('qwen2'), biases: true });
    const perLayer = 2 + 7 * 2;
    expect(sinks.size).toBe(2 + SIZES.layers * perLayer);
    expect(sinks.get('blk.1.attn_k.bias')).toMatchObject({ rows: 1, columns: 128 });
  });

  it('has no gains for LayerNorm', async () => {
    const { sinks } = await build(model('olmo'));
    expect([...sinks.keys()].filter((name) => name.includes('norm'))).toEqual([]);
  });

  it('counts the weights and the cache that a token reads', async () => {
    const { bytesPerToken } = await build(model('llama'));
    const matrices = SIZES.layers * (256 * 512 + 256 * 256 + 1024 * 256 + 256 * 512);
    const rows = SIZES.layers * (512 + 256 + 1024 + 256) + 320;
    const cache = SIZES.layers * 2 * SIZES.kvHeads * SIZES.headDim * 4;
    expect(bytesPerToken(9)).toBe(2 * (matrices + 320 * 256) + 4 * rows + 10 * cache);
  });

  it('names a missing matrix', async () => {
    const without = (name: string) => (file: GgufFile) => ({
      ...file,
      tensors: file.tensors.filter((tensor) => tensor.name !== name),
    });
    await expect(build(model('llama'), without('blk.1.ffn_up.weight'))).rejects.toThrow(
      /llama.gguf has no tensor blk.1.ffn_up.weight/,
    );
  });

  it('refuses a layer with a tensor that it has no place for', async () => {
    const rename = (file: GgufFile): GgufFile => ({
      ...file,
      tensors: [...file.tensors, { ...file.tensors[1], name: 'blk.0.attn_q_norm.weight' }],
    });
    await expect(build(model('llama'), rename)).rejects.toThrow(/blk.0.attn_q_norm.weight/);
  });
});
