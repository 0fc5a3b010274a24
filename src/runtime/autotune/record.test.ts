import { describe, expect, it } from 'vitest';
import type { GpuContext } from '../../gpu/device.ts';
import { defineKernel, type KernelVariant } from '../../gpu/kernel.ts';
import { listCandidates } from './candidates.ts';
import { parseRecord, recordKey, type TuningRecord } from './record.ts';
import type { TunableShape } from './shapes.ts';

const variant = (name: string, more: Partial<KernelVariant> = {}): KernelVariant => ({
  name,
  code: `// ${name}`,
  requires: [],
  workgroups: () => [1, 1, 1],
  ...more,
});

function kernelOf(variants: readonly KernelVariant[]) {
  return defineKernel({ name: 'op', bindings: [], params: [], variants });
}

const VARIANTS = [
  variant('cpu', { cpuOnly: true }),
  variant('fast', {
    overrides: { LANES: 32, ROWS: 2 },
    tunings: [{ overrides: { LANES: 8 }, workgroups: () => [2, 1, 1] }],
  }),
  variant('exotic', { tunedOnly: true }),
  variant('half', { requires: ['shader-f16'] }),
  variant('naive'),
];

const list = listCandidates(kernelOf(VARIANTS), { features: new Set() });

const RECORD: TuningRecord = {
  version: 1,
  candidate: 'fast LANES=8 ROWS=2',
  times: { default: 2e-5, candidate: 1e-5 },
  measured: 3,
  candidates: 3,
  rejected: [{ candidate: 'exotic', reason: 'out[0] is 1; expected 2 exactly' }],
  date: '2026-11-25T00:00:00.000Z',
};

describe('listCandidates', () => {
  it('has the default first, then its tunings with their grid, then what only the tuner takes; the plainest compares', () => {
    expect(list.candidates.map(({ id }) => id)).toEqual([
      'fast LANES=32 ROWS=2',
      'fast LANES=8 ROWS=2',
      'exotic',
    ]);
    expect(list.candidates[1].variant.workgroups({})).toEqual([2, 1, 1]);
    expect(list.twin.name).toBe('naive');
  });

  it('on CPU adapters takes their variants and the plainest, and no tunings of others', () => {
    const onCpu = listCandidates(kernelOf(VARIANTS), { features: new Set(), onCpu: true });
    expect(onCpu.candidates.map(({ id }) => id)).toEqual(['cpu', 'fast LANES=32 ROWS=2', 'exotic', 'naive']);
  });
});

describe('parseRecord', () => {
  it('takes what it wrote, also after JSON, and a decision without times', () => {
    expect(parseRecord(JSON.parse(JSON.stringify(RECORD)), list)).toEqual(RECORD);
    expect(parseRecord({ ...RECORD, times: null }, list)).not.toBeNull();
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'fast'],
    ['another version', { ...RECORD, version: 2 }],
    ['an unknown candidate', { ...RECORD, candidate: 'fast LANES=4 ROWS=2' }],
    ['no times', { ...RECORD, times: undefined }],
    ['a negative time', { ...RECORD, times: { default: -1, candidate: 1 } }],
    ['an infinite time', { ...RECORD, times: { default: Number.POSITIVE_INFINITY, candidate: 1 } }],
    ['a count that is none', { ...RECORD, measured: 1.5 }],
    ['rejections that are none', { ...RECORD, rejected: [{ candidate: 1 }] }],
    ['no date', { ...RECORD, date: 5 }],
  ])('refuses %s', (_, value) => {
    expect(parseRecord(value, list)).toBeNull();
  });
});

describe('recordKey', () => {
  const adapter = {
    vendor: 'v',
    architecture: 'a',
    device: 'd',
    description: 'x',
    driver: '1',
    isFallback: false,
  };
  const gpu = { adapter, features: new Set(['subgroups']) } as unknown as GpuContext;
  const shape = { kernel: kernelOf(VARIANTS), key: 'op T2 m=64 k=64' } as unknown as TunableShape;

  it('is another one for another device, driver, feature, shape, kernel source or set of candidates', () => {
    const keys = [
      recordKey(gpu, shape, list),
      recordKey({ ...gpu, adapter: { ...adapter, device: 'e' } }, shape, list),
      recordKey({ ...gpu, adapter: { ...adapter, driver: '2' } }, shape, list),
      recordKey({ ...gpu, features: new Set() }, shape, list),
      recordKey(gpu, { ...shape, key: 'op T2 m=128 k=64' }, list),
      recordKey(gpu, shape, { ...list, twin: variant('naive', { code: '// corrected' }) }),
      recordKey(gpu, shape, { ...list, candidates: list.candidates.slice(1) }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(recordKey(gpu, shape, list)).toBe(keys[0]);
  });
});
