// What the autotuner chose, as Markdown: for the command line, the benchmark and issues.
import type { AutotuneReport, TunedKernel } from '../api/types.ts';

/** `12 % faster than subgroup-t2`, `the default`. */
export function describeGain({ source, gain, variant, defaultVariant }: TunedKernel): string {
  if (source === 'default') return 'default, not measured';
  if (gain === null) return 'default, no time to measure';
  if (variant === defaultVariant) return 'default, nothing was faster';
  return `${(gain * 100).toFixed(0)} % faster than ${defaultVariant}`;
}

/** The table of kernels, and what was refused. */
export function tuningMarkdown(report: AutotuneReport): string {
  const rows = report.kernels.map((kernel) => {
    const { role, shape, dispatches, variant, seconds, measured, candidates, source } = kernel;
    const time = seconds === null ? '–' : `${(seconds * 1e6).toFixed(1)} us`;
    return `| ${role} | ${shape} | ${dispatches} | ${variant} | ${describeGain(kernel)} | ${time} | ${measured} of ${candidates}, ${source} |`;
  });
  const rejected = report.kernels.flatMap(({ role, rejected: list }) =>
    list.map(({ candidate, reason }) => `Refused for ${role}: ${candidate} (${reason}).`),
  );
  return [
    `Kernel variants (autotune ${report.mode}, ${(report.elapsedMs / 1000).toFixed(2)} s):`,
    '',
    '| Role | Shape | Per token | Variant | Gain | One dispatch | Measured |',
    '|---|---|---:|---|---|---:|---|',
    ...rows,
    ...(rejected.length > 0 ? ['', ...rejected] : []),
    ...(report.problem === undefined ? [] : ['', `Problem: ${report.problem}`]),
    '',
  ].join('\n');
}
