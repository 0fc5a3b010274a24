// npm run check: everything about the source that needs no GPU and no test run. All parts run, then one verdict.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkDocblocks } from './checks/docblocks.mjs';
import { checkDocuments } from './checks/documents.mjs';
import { checkFileNames } from './checks/file-names.mjs';
import { checkFileSizes } from './checks/file-sizes.mjs';
import { checkPrivatePlaces } from './checks/private-places.mjs';
import { readSourceTree } from './checks/source-tree.mjs';
import { checkWgslFiles } from './checks/wgsl-files.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const CRUISED = ['src', 'shaders', 'demo', 'test', 'bench', 'examples'];

/** Outside tools: what to run, and how to repair what they find. */
const TOOLS = [
  { name: 'format and lint', command: ['biome', 'check', '--colors=off'], repair: 'npm run format' },
  { name: 'types', command: ['tsc', '--pretty', 'false'], repair: 'correct the types' },
  {
    name: 'imports',
    command: [
      'depcruise',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'err-long',
      '--progress',
      'none',
      ...CRUISED.filter((folder) => existsSync(path.join(root, folder))),
    ],
    repair: 'follow the import table in ARCHITECTURE.md',
  },
];

/** Our own checks: findings as lines. */
const HOUSE_CHECKS = [
  { name: 'file sizes', check: checkFileSizes },
  { name: 'file names', check: checkFileNames },
  { name: 'wgsl files', check: checkWgslFiles },
  { name: 'docblocks', check: checkDocblocks },
  { name: 'documents', check: checkDocuments },
  { name: 'private places', check: checkPrivatePlaces },
];

async function runTool({ name, command: [tool, ...args], repair }) {
  const started = performance.now();
  const child = spawn(path.join(root, 'node_modules/.bin', tool), args, { cwd: root });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      output += `${tool} cannot start: ${error.message}. Run npm ci.`;
      resolve(1);
    });
    child.on('close', resolve);
  });
  const findings = code === 0 ? [] : [output.trim(), `To repair: ${repair}.`];
  return { name, findings, elapsedMs: performance.now() - started };
}

async function runHouseChecks() {
  const files = await readSourceTree(root);
  return HOUSE_CHECKS.map(({ name, check }) => {
    const started = performance.now();
    return { name, findings: check(files, root), elapsedMs: performance.now() - started };
  });
}

const reports = (await Promise.all([runHouseChecks(), ...TOOLS.map(runTool)])).flat();
for (const { name, findings, elapsedMs } of reports) {
  const verdict = findings.length === 0 ? 'ok' : 'FAILED';
  console.log(`check ${name}: ${verdict} (${(elapsedMs / 1000).toFixed(1)} s)`);
  for (const finding of findings) console.log(`  ${finding.replaceAll('\n', '\n  ')}`);
}
process.exitCode = reports.some(({ findings }) => findings.length > 0) ? 1 : 0;
