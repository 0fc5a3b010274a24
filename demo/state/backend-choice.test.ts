import { describe, expect, it } from 'vitest';
import { backendFrom } from './backend-choice.ts';

describe('backendFrom', () => {
  it.each([
    ['', 'auto'],
    ['?backend=wasm', 'wasm'],
    ['?x=1&backend=webgpu', 'webgpu'],
    ['?backend=gpu', 'auto'],
    ['?backend=', 'auto'],
  ])('reads %j as %s', (search, backend) => {
    expect(backendFrom(search)).toBe(backend);
  });
});
