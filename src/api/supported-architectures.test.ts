import { expect, it } from 'vitest';
import { ARCHITECTURE_NAMES } from '../architectures/index.ts';
import { SUPPORTED_ARCHITECTURES } from './supported-architectures.ts';

it('lists what the registry of architectures lists: each folder with a names.ts has a line in src/architectures/index.ts', () => {
  expect([...SUPPORTED_ARCHITECTURES].sort()).toEqual([...ARCHITECTURE_NAMES].sort());
});
