// sterna bench: speed of a model beside the ceilings of the device.
import { type BenchmarkReport, benchmarkModel } from '../../runtime/benchmark.ts';
import type { Summary } from '../../runtime/statistics.ts';
import { type ModelOptions, openModel } from '../open-model.ts';

/** Options of the command. */
export interface BenchOptions extends ModelOptions {
  readonly promptTokens: number;
  readonly generateTokens: number;
  readonly repeats: number;
  readonly json?: boolean;
}

/** Prints the report with the date and the runtime, which a figure needs to mean anything. */
export async function bench(path: string, options: BenchOptions): Promise<void> {
  const model = await openModel(path, options);
  try {
    const report = await benchmarkModel(model.loaded, model.sequence, options);
    const dated = {
      date: new Date().toISOString(),
      runtime: `Dawn in Node ${process.version}`,
      file: model.loaded.file.name,
      loadSeconds: model.loadSeconds,
      ...report,
    };
    process.stdout.write(options.json ? `${JSON.stringify(dated, null, 2)}\n` : formatReport(report));
  } finally {
    await model.dispose();
  }
}

function formatReport(report: BenchmarkReport): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  return `${[
    `device            ${report.adapter.description || report.adapter.device} (${report.adapter.vendor})`,
    `prefill           ${show(report.prefillTokensPerSecond)} tokens/s (${report.promptTokens} tokens)`,
    `decode            ${show(report.decodeTokensPerSecond)} tokens/s (${report.generateTokens} tokens)`,
    `first token       ${show(report.timeToFirstTokenMs)} ms`,
    `bytes per token   ${report.bytesPerToken}`,
    `copy bandwidth    ${(report.ceilings.copyBytesPerSecond / 1e9).toFixed(2)} GB/s, of which decode uses ${percent(report.shareOfCopyBandwidth)}`,
    `dispatches        ${report.dispatchesPerToken} per token, ${(report.ceilings.dispatchSeconds * 1e6).toFixed(2)} us each: ${percent(report.shareOfDispatchCost)} of the time`,
  ].join('\n')}\n`;
}

function show(summary: Summary): string {
  const digits = summary.median < 100 ? 2 : 0;
  const [median, low, high] = [summary.median, summary.minimum, summary.maximum].map((v) =>
    v.toFixed(digits),
  );
  return `${median} (${low} to ${high}, ${summary.repeats} runs)`;
}
