// Runs a command with a time limit and leaves no process of it behind, browsers in their own process groups included.
import { execFileSync, spawn } from 'node:child_process';

/** How a command ended. */
export interface Ended {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly timedOut: boolean;
}

/** Options of runCommand. */
export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

/** Between asking a process tree to end and ending it. */
const GRACE_MS = 5_000;

const running = new Set<number>();

/** Runs a command with inherited output. Resolves when it ended, by itself or at the time limit. */
export function runCommand(command: readonly string[], { cwd, env, timeoutMs }: RunOptions): Promise<Ended> {
  const [program, ...args] = command;
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  return new Promise((resolve) => {
    let timedOut = false;
    const limit = setTimeout(() => {
      timedOut = true;
      if (pid !== undefined) void endTree(pid);
    }, timeoutMs);
    const settle = (code: number | null) => {
      clearTimeout(limit);
      if (pid !== undefined) running.delete(pid);
      resolve({ code, timedOut });
    };
    child.on('error', (error) => {
      console.error(`${program} cannot start: ${error.message}`);
      settle(1);
    });
    child.on('exit', settle);
  });
}

/** Ends every command that is still running, at once. For signal handlers. */
export function endAllCommands(): void {
  for (const pid of running) signalAll([pid, ...descendants(pid)], 'SIGKILL');
}

async function endTree(pid: number): Promise<void> {
  // Listed before the parent ends: its orphans would no longer be found.
  const tree = [pid, ...descendants(pid)];
  signalAll(tree, 'SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
  signalAll(tree, 'SIGKILL');
}

function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const line of execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n')) {
    const [child, parent] = line.trim().split(/\s+/).map(Number);
    if (child && parent) children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const found: number[] = [];
  const visit = (parent: number) => {
    for (const child of children.get(parent) ?? []) {
      found.push(child);
      visit(child);
    }
  };
  visit(pid);
  return found;
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // Already gone.
    }
  }
}
