import { describe, expect, it } from 'vitest';
import { judgeFit } from './model-fit.ts';

const LIMITS = { maxBufferBytes: 2e9, maxBindingBytes: 1e9 };
const model = (memoryBytes?: number, architecture = 'bitnet-b1.58') => ({ architecture, memoryBytes });

describe('judgeFit', () => {
  it('says that a model fits which one buffer could hold', () => {
    expect(judgeFit(model(2e9), { limits: LIMITS })).toEqual({ verdict: 'fits', label: 'Fits this device.' });
  });

  it('names both sizes when it is larger', () => {
    const { verdict, label } = judgeFit(model(3.5e9), { limits: LIMITS });
    expect(verdict).toBe('too-large');
    expect(label).toContain('3.5 GB');
    expect(label).toContain('2.0 GB');
  });

  it('goes by the memory of the device where the browser tells it, below the cap', () => {
    expect(judgeFit(model(1.5e9), { limits: LIMITS, memoryGib: 2 })).toMatchObject({
      verdict: 'too-large',
      label: expect.stringContaining('about 2 GB in all'),
    });
    expect(judgeFit(model(1.5e9), { limits: { ...LIMITS, maxBufferBytes: 6e9 }, memoryGib: 8 }).verdict).toBe(
      'fits',
    );
  });

  it('says what it does not know', () => {
    expect(judgeFit(model(undefined), { limits: LIMITS }).verdict).toBe('unknown');
    expect(judgeFit(model(1), {}).verdict).toBe('unknown');
  });

  it('names an architecture that is not supported, whatever its size', () => {
    expect(judgeFit(model(1, 'mamba'), { limits: LIMITS })).toEqual({
      verdict: 'unsupported',
      label: 'This version cannot run mamba models.',
    });
  });
});
