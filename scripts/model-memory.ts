// Brings memoryBytes of every manifest in models/, and of the catalogue, up to date with the estimate of the loader:
// node scripts/run-ts.mjs scripts/model-memory.ts
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { ModelManifest } from '../src/api/types.ts';
import { estimateMemory, totalMemory } from '../src/loader/memory-estimate.ts';

const FOLDER = new URL('../models/', import.meta.url);
const DEFAULT_CONTEXT = 4096;

type Catalogue = { models: { id: string; memoryBytes?: number }[] };

const read = <T>(path: string): T => JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8')) as T;
const write = (path: string, value: unknown) =>
  writeFileSync(new URL(path, FOLDER), `${JSON.stringify(value, null, 2)}\n`);

/** @returns the exit code */
export function main(): number {
  const catalogue = read<Catalogue>('index.json');
  for (const entry of readdirSync(FOLDER, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = `${entry.name}/manifest.json`;
    const manifest = read<ModelManifest>(path);
    const { dimensions, contextLength = DEFAULT_CONTEXT } = manifest;
    if (dimensions === undefined) throw new Error(`${path} has no dimensions`);
    const memoryBytes = totalMemory(estimateMemory(dimensions, { contextLength }));
    console.log(`${entry.name}: ${manifest.memoryBytes} -> ${memoryBytes}`);
    write(path, { ...manifest, memoryBytes });
    const line = catalogue.models.find(({ id }) => id === manifest.id);
    if (line) line.memoryBytes = memoryBytes;
  }
  write('index.json', catalogue);
  return 0;
}
