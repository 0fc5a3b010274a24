// npm test: every stage of test/stages.ts, one table at the end, exit code 0 only when nothing failed.
//   npm test -- --only gpu:llvmpipe,unit    some stages (a name before the colon selects all of its targets)
//   npm test -- --only gpu --filter matvec  only kernels whose `op/variant: case` contains the text
//   npm test -- --list-skips                name every skipped test, not only the reasons
// All results: test-results/summary.json. STERNA_SKIP_MISSING=1 skips stages whose browser or driver is missing.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { endAllCommands, runCommand } from './process-tree.ts';
import { type SuiteResult, summarize } from './report.ts';
import { listStages, type Stage } from './stages.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RESULTS_FOLDER = `${ROOT}test-results`;
/** Stages that can run without browsers and drivers, so they need no set-up. */
const NEEDS_NO_SETUP = new Set(['check', 'unit', 'build']);

interface StageReport {
  readonly id: string;
  readonly elapsedMs: number;
  readonly results: readonly SuiteResult[];
}

/** Runs the stages that the arguments select. */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      filter: { type: 'string' },
      'list-skips': { type: 'boolean', default: false },
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      endAllCommands();
      process.exit(130);
    });
  }
  const ids = select(listStages({}), values.only).map(({ id }) => id);
  if (ids.length === 0) {
    console.error(
      `No stage matches --only ${values.only}. Stages: ${listStages({})
        .map(({ id }) => id)
        .join(', ')}`,
    );
    return 2;
  }
  const ready = await setUp(ids);
  // Listed again: the set-up may have installed what was missing.
  const stages = listStages({ filter: values.filter }).filter(({ id }) => ids.includes(id));
  mkdirSync(RESULTS_FOLDER, { recursive: true });
  const reports: StageReport[] = [];
  for (const group of groupStages(stages)) reports.push(...(await runGroup(group, reports)));
  writeFileSync(`${RESULTS_FOLDER}/summary.json`, JSON.stringify(reports, null, 2));
  printSummary(reports, values['list-skips']);
  const failures = reports.flatMap(({ results }) => results.flatMap((result) => result.failures));
  if (!ready) console.error('Something that the tests need is missing: see the first lines of this run.');
  return ready && failures.length === 0 ? 0 : 1;
}

/** Stages that may run side by side: each is mostly one thread, compiling shaders. */
const SIDE_BY_SIDE = Math.min(2, availableParallelism());

/** Neighbours that may run side by side, what needs the build after it; the others one by one. */
function groupStages(stages: readonly Stage[]): Stage[][] {
  const groups: Stage[][] = [];
  for (const stage of stages) {
    const last = groups.at(-1);
    const waits = stage.needsBuild && last?.some(({ id }) => id === 'build');
    if (last && !waits && !stage.runsAlone && !last[0].runsAlone) last.push(stage);
    else groups.push([stage]);
  }
  return groups;
}

async function runGroup(group: readonly Stage[], before: readonly StageReport[]): Promise<StageReport[]> {
  const reports = new Map<Stage, StageReport>();
  const waiting = [...group];
  const work = async () => {
    for (let stage = waiting.shift(); stage; stage = waiting.shift()) {
      reports.set(stage, await runStage(stage, before));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  return group.flatMap((stage) => reports.get(stage) ?? []);
}

function select(stages: readonly Stage[], only: string | undefined): Stage[] {
  if (only === undefined) return [...stages];
  const wanted = only.split(',');
  return stages.filter(({ id }) => wanted.some((name) => id === name || id.startsWith(`${name}:`)));
}

/** Browsers and drivers: installed where we may, named where not. True when the run may count as complete. */
async function setUp(ids: readonly string[]): Promise<boolean> {
  if (ids.every((id) => NEEDS_NO_SETUP.has(id))) return true;
  const command = ['bash', 'scripts/install-test-gpus.sh'];
  const { code } = await runCommand(command, { cwd: ROOT, env: process.env, timeoutMs: 20 * 60_000 });
  return code === 0;
}

async function runStage(stage: Stage, before: readonly StageReport[]): Promise<StageReport> {
  console.log(`\n=== ${stage.id}`);
  const [suite, target = ''] = stage.id.split(':');
  const single = (status: 'passed' | 'failed' | 'skipped', detail: string) => [
    summarize(suite, target, [{ name: stage.id, status, detail }]),
  ];
  const build = before.find(({ id }) => id === 'build');
  if (stage.needsBuild && build?.results.some(({ failures }) => failures.length > 0)) {
    return { id: stage.id, elapsedMs: 0, results: single('failed', 'the production build failed') };
  }
  if (stage.missing.length > 0) {
    const status = process.env.STERNA_SKIP_MISSING === '1' ? 'skipped' : 'failed';
    return { id: stage.id, elapsedMs: 0, results: single(status, stage.missing.join('; ')) };
  }
  const file = `${RESULTS_FOLDER}/${stage.id.replaceAll(':', '-')}.json`;
  rmSync(file, { force: true });
  const started = performance.now();
  const { code, timedOut } = await runCommand(stage.command, {
    cwd: ROOT,
    env: { ...process.env, ...stage.env, STERNA_RESULT_FILE: file },
    timeoutMs: stage.timeoutMs,
  });
  const elapsedMs = performance.now() - started;
  const problem = timedOut
    ? `stopped after ${stage.timeoutMs / 60_000} minutes`
    : `ended with exit code ${code}`;
  const results: SuiteResult[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  const told = results.some(({ failures }) => failures.length > 0);
  if (timedOut || (code !== 0 && !told))
    results.push(...single('failed', `${stage.command.join(' ')} ${problem}`));
  else if (stage.isTool) results.push(...single('passed', ''));
  else if (results.length === 0) results.push(...single('failed', 'wrote no results'));
  return { id: stage.id, elapsedMs, results };
}

function printSummary(reports: readonly StageReport[], listSkips: boolean): void {
  const rows = reports.flatMap(({ id, elapsedMs, results }) =>
    results.map(({ suite, passed, failures, skips }) => [
      suite,
      id,
      String(passed),
      String(failures.length),
      String(skips.length),
      `${(elapsedMs / 1000).toFixed(0)} s`,
    ]),
  );
  console.log('\nSummary');
  printTable([['suite', 'stage', 'passed', 'failed', 'skipped', 'time'], ...rows]);
  for (const { id, results } of reports) {
    for (const { failures, skips } of results) {
      for (const { name, detail } of failures) console.log(`FAILED  ${id}: ${name}: ${detail}`);
      for (const [reason, names] of groupByReason(skips)) {
        console.log(`skipped ${id}: ${names.length} because ${reason}`);
        if (listSkips) for (const name of names) console.log(`          ${name}`);
      }
    }
  }
}

function groupByReason(skips: SuiteResult['skips']): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { name, detail } of skips) groups.set(detail, [...(groups.get(detail) ?? []), name]);
  return groups;
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join('  '),
    );
  }
}
