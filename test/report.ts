// Results of a suite as plain records: every test program writes them as JSON for scripts/test.mjs to sum up.
import { writeFile } from 'node:fs/promises';

/** One test that did not pass. `detail` is the failure or the reason for the skip. */
export interface TestNote {
  readonly name: string;
  readonly detail: string;
}

/** Results of one suite on one target. */
export interface SuiteResult {
  readonly suite: string;
  readonly target: string;
  readonly passed: number;
  readonly failures: readonly TestNote[];
  readonly skips: readonly TestNote[];
  /** Free facts for the log: adapter, versions, measured figures. */
  readonly facts: Readonly<Record<string, string | number>>;
}

/** Any record with a status can be summed up. */
export interface StatusRecord {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly detail: string;
}

/** Sums records up. */
export function summarize(
  suite: string,
  target: string,
  records: readonly StatusRecord[],
  facts: SuiteResult['facts'] = {},
): SuiteResult {
  const notes = (status: StatusRecord['status']) =>
    records.filter((r) => r.status === status).map(({ name, detail }) => ({ name, detail }));
  return {
    suite,
    target,
    passed: records.filter(({ status }) => status === 'passed').length,
    failures: notes('failed'),
    skips: notes('skipped'),
    facts,
  };
}

/**
 * Writes the results where STERNA_RESULT_FILE says (nowhere when unset), prints failures, and returns the exit code.
 */
export async function report(results: readonly SuiteResult[]): Promise<number> {
  const file = process.env.STERNA_RESULT_FILE;
  if (file) await writeFile(file, JSON.stringify(results, null, 2));
  for (const { suite, target, passed, failures, skips, facts } of results) {
    for (const { name, detail } of failures) console.error(`FAILED ${name}: ${detail}`);
    const known = Object.entries(facts).map(([key, value]) => `, ${key} ${value}`);
    console.log(
      `${suite} on ${target}: ${passed} passed, ${failures.length} failed, ${skips.length} skipped${known.join('')}`,
    );
  }
  const empty = results.every(({ passed, failures, skips }) => passed + failures.length + skips.length === 0);
  if (empty) console.error('FAILED: no test ran.');
  return empty || results.some(({ failures }) => failures.length > 0) ? 1 : 0;
}
