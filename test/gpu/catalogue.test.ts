import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CATALOGUE_FILE, renderCatalogue } from '../../scripts/catalogue.ts';
import { KERNELS } from '../../shaders/index.ts';

it('shaders/README.md lists the kernels of the registry (npm run catalogue)', () => {
  expect(readFileSync(CATALOGUE_FILE, 'utf8')).toBe(renderCatalogue(KERNELS));
});
