// Writes the size and the hashes of a model file into the manifest beside it. What people read (name, description,
// sampling) is written by hand and kept; memoryBytes comes from scripts/model-memory.ts. Usage: node scripts/make-manifest.mjs models/NAME/FILE.gguf

import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** As the store's chunks: each is checked on its own. */
const CHUNK_BYTES = 1048576;

/** SHA-256 of a whole file and of each chunk, lower-case hex, in one pass. */
function hashFile(path) {
  const whole = createHash('sha256');
  const chunkSha256 = [];
  const buffer = Buffer.alloc(CHUNK_BYTES);
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const length = readSync(file, buffer, 0, CHUNK_BYTES, null);
      if (length === 0) break;
      const chunk = buffer.subarray(0, length);
      whole.update(chunk);
      chunkSha256.push(createHash('sha256').update(chunk).digest('hex'));
    }
  } finally {
    closeSync(file);
  }
  return { sha256: whole.digest('hex'), chunkSha256 };
}

function main([path]) {
  if (path === undefined || !existsSync(path)) {
    process.stderr.write('usage: node scripts/make-manifest.mjs models/NAME/FILE.gguf\n');
    return 1;
  }
  const manifestPath = join(dirname(path), 'manifest.json');
  if (!existsSync(manifestPath)) {
    process.stderr.write(
      `${manifestPath} is missing; write one with id, name, architecture and license first.\n`,
    );
    return 1;
  }
  const { sha256, chunkSha256 } = hashFile(path);
  const manifest = {
    ...JSON.parse(readFileSync(manifestPath, 'utf8')),
    url: basename(path),
    sizeBytes: statSync(path).size,
    sha256,
    chunkBytes: CHUNK_BYTES,
    chunkSha256,
  };
  writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);
  process.stdout.write(`${manifestPath}: ${manifest.sizeBytes} bytes, sha256 ${sha256}\n`);
  return 0;
}

process.exitCode = main(process.argv.slice(2));
