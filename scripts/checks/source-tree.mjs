// The files of the repository, read once and shared by the house's checks.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const SKIPPED_FOLDERS = new Set([
  'node_modules',
  '.git',
  'dist',
  'dist-page',
  'coverage',
  '.cache',
  'test-results',
]);
const TEXT_FILE =
  /\.(ts|tsx|js|mjs|cjs|wgsl|css|html|json|md|py|sh|yml|yaml|txt|svg|webmanifest)$|(^|\/)[^./]+$/;
/** Larger text files are data (golden logits, tokenizers): no check reads them line by line. */
const MAX_TEXT_BYTES = 1_000_000;

/**
 * @typedef {{ path: string, text: string, lines: string[] }} SourceFile
 * `path` is relative to the root with forward slashes; `lines` has no final empty line.
 */

/**
 * Every text file below `root`, in path order, without dependencies and build outputs.
 * @param {string} root absolute path
 * @returns {Promise<SourceFile[]>}
 */
export async function readSourceTree(root) {
  const paths = await listFiles(root, '');
  const files = await Promise.all(
    paths
      .filter((name) => TEXT_FILE.test(name))
      .map(async (name) => sourceFile(name, await readFile(path.join(root, name), 'utf8'))),
  );
  return files.filter((file) => file.text.length <= MAX_TEXT_BYTES);
}

/**
 * A record for one text, as the checks expect it.
 * @param {string} name path relative to the root
 * @param {string} text
 * @returns {SourceFile}
 */
export function sourceFile(name, text) {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return { path: name, text, lines };
}

async function listFiles(root, folder) {
  const entries = await readdir(path.join(root, folder), { withFileTypes: true });
  const lists = await Promise.all(
    entries
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((entry) => {
        const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : listFiles(root, name);
        return entry.isFile() ? [name] : [];
      }),
  );
  return lists.flat();
}
