import { describe, expect, it } from 'vitest';
import type { GgufValue } from '../gguf/values.ts';
import { refuseRotation } from './rotation.ts';

const withKeys = (...keys: string[]) => ({
  name: 'm.gguf',
  metadata: new Map(keys.map((key): [string, GgufValue] => [key, { type: 'u32', value: 1 }])),
});

describe('refuseRotation', () => {
  it('names the key that asks for a rotation', () => {
    expect(() => refuseRotation(withKeys('general.name', 'prism.hadamard.version'))).toThrow(
      expect.objectContaining({
        code: 'unsupported-model',
        message: expect.stringContaining('metadata key prism.hadamard.version'),
      }),
    );
  });

  it('lets all other files pass', () => {
    expect(() => refuseRotation(withKeys('general.name', 'prism.other'))).not.toThrow();
  });
});
