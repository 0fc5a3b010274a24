import { describe, expect, it } from 'vitest';
import type { BenchmarkReport, Summary } from '../api/benchmark-types.ts';
import { benchmarkMarkdown, deviceName, formatRate, kernelBandwidth } from './benchmark-text.ts';

const one = (median: number): Summary => ({
  median,
  p10: median * 0.9,
  p90: median * 1.1,
  minimum: median * 0.8,
  maximum: median * 1.2,
  repeats: 5,
});
const ADAPTER = {
  vendor: 'nvidia',
  architecture: 'hopper',
  device: '',
  description: '',
  driver: '',
  isFallback: false,
};
const REPORT: BenchmarkReport = {
  format: 'sterna-benchmark',
  version: 1,
  date: '2026-01-02T03:04:05.000Z',
  commit: 'abc',
  runtime: 'test',
  device: { adapter: ADAPTER, packedDot: 'hardware', features: [], choices: [] },
  model: {
    id: 'm',
    name: 'Model',
    synthetic: true,
    architecture: 'bitnet-b1.58',
    parameters: 2e6,
    layers: 2,
    contextLength: 64,
    activations: 'int8',
    weightsBytes: 1,
    kvCacheBytes: 1,
  },
  ceilings: { copyBytesPerSecond: 1e9, dispatchSeconds: 5e-6, readBackSeconds: 1e-4 },
  tests: [{ name: 'tg32', kind: 'decode', tokens: 32, depth: 16, tokensPerSecond: one(200) }],
  skipped: ['tg32 at depth 64'],
  counts: {
    mode: 'int8',
    dispatches: 29,
    dispatchesPerLayer: 12,
    dispatchesBesideLayers: 5,
    submits: 1,
    readBacks: 0.25,
    created: 0,
    written: 0,
    countedTokens: 40,
    budget: { dispatchesPerLayer: 12, dispatchesBesideLayers: 5, submits: 1, readBacks: 0.25 },
  },
  tokenTime: {
    total: 0.005,
    memory: 0.001,
    dispatch: 0.0001,
    readBack: 2e-5,
    cpu: 0.0004,
    bytesPerToken: 1e6,
  },
  kernelMethod: 'wall-time',
  kernels: [{ kernel: 'matvec/x', role: 'qkv', dispatches: 2, seconds: one(1e-4), bytes: 50_000 }],
};

describe('benchmarkMarkdown', () => {
  it('has bytes per second where text was written, and nothing where none was', () => {
    const textSpeed = { tokensPerSecond: one(50), bytesPerSecond: one(200) };
    const line = 'Writing text: 200 (180 to 220, 5 runs) bytes/s, 50.0 (45.0 to 55.0, 5 runs) tokens/s.';
    expect(benchmarkMarkdown({ ...REPORT, textSpeed })).toContain(line);
    expect(benchmarkMarkdown({ ...REPORT, textSpeed: null })).not.toContain('Writing text');
  });

  it('has every test with its spread, what was left out, the counts and the kernels', () => {
    const text = benchmarkMarkdown(REPORT);
    expect(text).toContain('| tg32 | 16 | 200 (180 to 220, 5 runs) |');
    expect(text).toContain('Left out, the context is too short: tg32 at depth 64.');
    expect(text).toContain('29 dispatches (12 per layer + 5; budget 12 + 5), 1 submit, 0.25 read-backs');
    expect(text).toContain('| matvec/x | qkv | 2 | 100 (90.0 to 110) | 0.5 | 50 % |');
    expect(text).toContain('by wall time of repeated dispatches');
    expect(text).not.toMatch(/undefined|NaN/);
  });

  it('leaves out kernels that were not timed and the time per token without a decode test', () => {
    const text = benchmarkMarkdown({ ...REPORT, kernels: [], kernelMethod: null, tokenTime: null });
    expect(text).not.toMatch(/Kernels of|Time per token/);
  });
});

describe('deviceName', () => {
  it('says that it runs on the CPU, and on what', () => {
    const cpu = { ...ADAPTER, vendor: 'google', architecture: 'swiftshader', isFallback: true };
    expect(deviceName({ device: { ...REPORT.device, adapter: cpu } })).toBe(
      'running on the CPU (SwiftShader)',
    );
    const hidden = { ...ADAPTER, vendor: '', architecture: '', isFallback: true };
    expect(deviceName({ device: { ...REPORT.device, adapter: hidden } })).toBe(
      'running on the CPU (software adapter)',
    );
    expect(deviceName(REPORT)).toBe('nvidia hopper');
  });
});

describe('numbers', () => {
  it('keeps three digits of small rates', () => {
    expect([0.1234, 12.345, 123.4, 12345].map(formatRate)).toEqual(['0.123', '12.3', '123', '12,345']);
  });

  it('knows no bandwidth without bytes', () => {
    expect(kernelBandwidth({ ...REPORT.kernels[0], bytes: null })).toBeNull();
    expect(kernelBandwidth(REPORT.kernels[0])).toBe(5e8);
  });
});
