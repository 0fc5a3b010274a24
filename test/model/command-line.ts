// Calls the `sterna` command in a process of its own, as a person would.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { TEST_ADAPTER } from './test-adapter.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TIMEOUT_MS = 180_000;
/** Commands that compute. */
const COMPUTING = new Set(['logits', 'run', 'bench', 'perplexity', 'compare']);

/** How a command ended, and what it printed. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `sterna ...args`, on the adapter under test unless they name one; `input` goes to its stdin. */
export function sterna(args: readonly string[], input = ''): Promise<CommandResult> {
  const hasOwn = args.includes('--adapter');
  const adapter = COMPUTING.has(args[0]) && !hasOwn ? ['--adapter', TEST_ADAPTER] : [];
  const child = spawn('node', ['scripts/run-ts.mjs', 'src/cli/main.ts', ...args, ...adapter], {
    cwd: ROOT,
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs `sterna logits`; throws with its error line when it fails. @returns [1 or ids.length, vocabulary] f32 */
export async function sternaLogits(
  model: string,
  ids: readonly number[],
  { all }: { readonly all: boolean },
): Promise<Float32Array> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sterna-logits-'));
  try {
    const out = path.join(folder, 'logits.f32');
    const args = ['logits', model, '--ids', ids.join(','), '--out', out, ...(all ? ['--all'] : [])];
    const { code, stderr } = await sterna(args);
    if (code !== 0) throw new Error(`sterna logits ended with ${code}: ${stderr.trim().split('\n').at(-1)}`);
    const bytes = await readFile(out);
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
