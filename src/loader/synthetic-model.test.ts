import { describe, expect, it } from 'vitest';
import { SYNTHETIC_MODELS } from '../util/synthetic-models.ts';
import { PUBLISHED_SHAPES, planTensors } from './published-shapes.ts';

describe('SYNTHETIC_MODELS', () => {
  it('names shapes and types that exist, each id once', () => {
    for (const { shape, type } of SYNTHETIC_MODELS) {
      expect(Object.keys(PUBLISHED_SHAPES)).toContain(shape);
      expect(Object.keys(PUBLISHED_SHAPES[shape].matrixTypes)).toContain(type);
    }
    expect(new Set(SYNTHETIC_MODELS.map(({ id }) => id)).size).toBe(SYNTHETIC_MODELS.length);
  });

  it('has a head of its own only where the model has one', () => {
    const names = (shape: string) =>
      planTensors(PUBLISHED_SHAPES[shape], { type: 41 }).map(({ name }) => name);
    expect(names('bonsai-8b')).toContain('output.weight');
    expect(names('bonsai-4b')).not.toContain('output.weight');
  });
});
