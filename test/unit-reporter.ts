// A vitest reporter that writes the results where STERNA_RESULT_FILE says, in the form of test/report.ts.
import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { type StatusRecord, summarize } from './report.ts';

/** Used by test/run.ts beside vitest's own reporter. */
export default class ResultFileReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const file = process.env.STERNA_RESULT_FILE;
    if (!file) return;
    const records = modules.flatMap((module) => [
      ...module.errors().map((error) => failed(module.relativeModuleId, error.message)),
      ...[...module.children.allTests()].map(toRecord),
    ]);
    for (const error of unhandledErrors) records.push(failed('unhandled error', JSON.stringify(error)));
    writeFileSync(file, JSON.stringify([summarize('unit tests', 'node', records)], null, 2));
  }
}

function toRecord(test: TestCase): StatusRecord {
  const name = `${test.module.relativeModuleId}: ${test.fullName}`;
  const result = test.result();
  switch (result.state) {
    case 'passed':
      return { name, status: 'passed', detail: '' };
    case 'failed':
      return failed(name, result.errors.map((error) => error.message).join('; '));
    case 'skipped':
      return { name, status: 'skipped', detail: result.note ?? reasonInName(test.fullName) };
    case 'pending':
      return failed(name, 'did not finish');
    default:
      return result satisfies never;
  }
}

/** Tests that need data from elsewhere say so at the end of their names. */
function reasonInName(name: string): string {
  const found = /skipped: (.*?)\)?$/.exec(name) ?? /\((needs .*)\)$/.exec(name);
  return found?.[1] ?? 'the test gives no reason';
}

function failed(name: string, detail: string): StatusRecord {
  return { name, status: 'failed', detail };
}
