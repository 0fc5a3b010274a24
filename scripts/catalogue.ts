// The catalogue of kernels as Markdown, from the registry. `npm run catalogue` writes shaders/README.md; a unit test
// compares the file with it.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KERNELS } from '../shaders/index.ts';
import type { Kernel, KernelVariant } from '../src/gpu/kernel.ts';

/** File that the catalogue is written to. */
export const CATALOGUE_FILE = fileURLToPath(new URL('../shaders/README.md', import.meta.url));

/** One section per operation: bindings, params, variants with layout and what they require. */
export function renderCatalogue(kernels: readonly Kernel[]): string {
  const intro = [
    '# Kernels',
    '',
    'Written by `npm run catalogue` from `shaders/index.ts`; do not edit. Variants are listed best first; the engine takes the',
    'first that the device can run and that reads the layout of the weights. CPU adapters pass over barrier-heavy ones.',
  ];
  return `${[...intro, ...kernels.flatMap(renderKernel)].join('\n')}\n`;
}

function renderKernel({ name, bindings, params, variants }: Kernel): string[] {
  return [
    '',
    `## ${name}`,
    '',
    '| Binding | Access | Contents |',
    '|---|---|---|',
    ...bindings.map(
      (binding) => `| \`${binding.name}\` | ${binding.access} | ${binding.shape.replaceAll('|', '\\|')} |`,
    ),
    '',
    `Params: ${params.map((field) => `\`${field.name}\` ${field.type}`).join(', ')}.`,
    '',
    '| Variant | Layout | Requires | Note |',
    '|---|---|---|---|',
    ...variants.map(
      (variant) =>
        `| ${variant.name} | ${variant.layout ?? '–'} | ${variant.requires.join(', ') || 'nothing'} | ${noteOf(variant)} |`,
    ),
  ];
}

function noteOf({ barrierHeavy, cpuOnly, wasm }: KernelVariant): string {
  if (wasm) return 'WebAssembly instead of WGSL';
  if (cpuOnly) return 'CPU adapters only';
  return barrierHeavy ? 'barrier-heavy' : '';
}

/** Writes the file. */
export function main(): number {
  writeFileSync(CATALOGUE_FILE, renderCatalogue(KERNELS));
  return 0;
}
