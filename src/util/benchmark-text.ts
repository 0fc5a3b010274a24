// A benchmark as Markdown: for the command line, for issues and for messages. Numbers carry their spread and conditions.
import type { BenchmarkReport, KernelTime, Summary, TextSpeed } from '../api/benchmark-types.ts';
import { cpuAdapterName } from './adapter-summary.ts';
import { tuningMarkdown } from './tuning-text.ts';

/** The device in a few words; says so when it is the CPU. */
export function deviceName({
  device,
}: {
  readonly device: Pick<BenchmarkReport['device'], 'adapter'>;
}): string {
  const { adapter } = device;
  if (adapter.isFallback) return `running on the CPU (${cpuAdapterName(adapter) ?? 'software adapter'})`;
  const named = [adapter.vendor, adapter.architecture, adapter.device]
    .filter((part) => part !== '')
    .join(' ');
  return [named, adapter.description].filter((part) => part !== '').join(', ') || 'a GPU without a name';
}

/** Tokens per second with three significant digits below 1000. */
export function formatRate(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** `47.1 (45.0 to 48.9, 5 runs)`: median, p10 to p90. */
export function formatSummary({ median, p10, p90, repeats }: Summary, format = formatRate): string {
  return `${format(median)} (${format(p10)} to ${format(p90)}, ${repeats} runs)`;
}

/** Bytes per second of a kernel; null where its bytes are not known. */
export function kernelBandwidth({ bytes, seconds }: KernelTime): number | null {
  return bytes === null || bytes === 0 || seconds.median === 0 ? null : bytes / seconds.median;
}

/** Writing speed in both units as one phrase. */
export function describeTextSpeed({ tokensPerSecond, bytesPerSecond }: TextSpeed): string {
  return `Writing text: ${formatSummary(bytesPerSecond)} bytes/s, ${formatSummary(tokensPerSecond)} tokens/s`;
}

/** The whole report as Markdown. */
export function benchmarkMarkdown(report: BenchmarkReport): string {
  const { model, counts, ceilings } = report;
  const lines = [
    `**${model.name}**, ${model.architecture}, ${(model.parameters / 1e6).toFixed(0)} M weights, ${model.activations} activations, context ${model.contextLength}`,
    '',
    `Device: ${deviceName(report)}. Runtime: ${report.runtime}. ${report.date.slice(0, 10)}, commit ${report.commit}.`,
    '',
    '| Test | Depth | Tokens/s, median (p10 to p90) |',
    '|---|---:|---:|',
    ...report.tests.map(
      ({ name, depth, tokensPerSecond }) => `| ${name} | ${depth} | ${formatSummary(tokensPerSecond)} |`,
    ),
    ...(report.textSpeed ? ['', `${describeTextSpeed(report.textSpeed)}.`] : []),
    ...(report.skipped.length > 0
      ? ['', `Left out, the context is too short: ${report.skipped.join(', ')}.`]
      : []),
    '',
    `Copy ${(ceilings.copyBytesPerSecond / 1e9).toFixed(1)} GB/s; dispatch ${micro(ceilings.dispatchSeconds)} us; read-back ${micro(ceilings.readBackSeconds)} us.`,
    `Per token: ${round(counts.dispatches)} dispatches (${round(counts.dispatchesPerLayer)} per layer + ${round(counts.dispatchesBesideLayers)}; budget ${counts.budget.dispatchesPerLayer} + ${counts.budget.dispatchesBesideLayers}), ${counts.submits} submit, ${counts.readBacks.toFixed(2)} read-backs (budget ${counts.budget.readBacks}), ${counts.created} objects made and ${counts.written} writes in ${counts.countedTokens} tokens.`,
    ...tokenTimeLines(report),
    ...kernelLines(report),
    ...(report.tuning && report.tuning.mode !== 'off' ? ['', tuningMarkdown(report.tuning).trimEnd()] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function tokenTimeLines({ tokenTime }: BenchmarkReport): string[] {
  if (tokenTime === null) return [];
  const { total, memory, dispatch, readBack, cpu, bytesPerToken } = tokenTime;
  return [
    `Time per token: ${milli(total)} ms measured; floors: memory ${milli(memory)} ms (derived, ${(bytesPerToken / 1e6).toFixed(1)} MB), dispatches ${milli(dispatch)} ms (derived), read-back ${milli(readBack)} ms (derived, overlapped), JavaScript ${milli(cpu)} ms (measured).`,
  ];
}

function kernelLines({ kernels, kernelMethod, ceilings }: BenchmarkReport): string[] {
  if (kernelMethod === null) return [];
  const method =
    kernelMethod === 'timestamp-query' ? 'timestamps of the GPU' : 'wall time of repeated dispatches';
  return [
    '',
    `Kernels of one decode step, by ${method}:`,
    '',
    '| Kernel | Role | Per token | us each (p10 to p90) | GB/s | Share of copy |',
    '|---|---|---:|---:|---:|---:|',
    ...kernels.map((kernel) => {
      const rate = kernelBandwidth(kernel);
      const { median, p10, p90 } = kernel.seconds;
      const speed =
        rate === null
          ? '– | –'
          : `${(rate / 1e9).toFixed(1)} | ${((100 * rate) / ceilings.copyBytesPerSecond).toFixed(0)} %`;
      return `| ${kernel.kernel} | ${kernel.role} | ${kernel.dispatches} | ${micro(median)} (${micro(p10)} to ${micro(p90)}) | ${speed} |`;
    }),
  ];
}

function micro(seconds: number): string {
  return (seconds * 1e6).toFixed(seconds < 1e-4 ? 1 : 0);
}

function milli(seconds: number): string {
  return (seconds * 1e3).toFixed(seconds < 1e-2 ? 2 : 1);
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
