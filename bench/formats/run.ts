// Bundles codecs.ts and runs it in a process of its own. Usage: node scripts/run-ts.mjs bench/formats/run.ts

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

/** @returns the exit code */
export async function main(): Promise<number> {
  const outDir = await mkdtemp(path.join(tmpdir(), 'sterna-bench-'));
  try {
    const entry = path.resolve('bench/formats/codecs.ts');
    await build({ configFile: false, logLevel: 'error', build: { ssr: entry, outDir, minify: false } });
    const url = pathToFileURL(path.join(outDir, 'codecs.js')).href;
    const program = `import { main } from ${JSON.stringify(url)}; main();`;
    execFileSync(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'inherit' });
    return 0;
  } finally {
    await rm(outDir, { recursive: true });
  }
}
