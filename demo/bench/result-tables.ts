// The tables of one result: tests, what the device can do, calls per token, kernels and how they were chosen.
import { type BenchmarkReport, describeGain, deviceName, formatSummary, kernelBandwidth } from 'sterna';
import { formatBytes } from '../state/format-units.ts';
import { createDataTable } from './data-table.ts';

/** Speed by test. */
export function createTestTable({ tests }: BenchmarkReport): HTMLElement {
  return createDataTable({
    caption: 'Speed in tokens per second: median (10th to 90th percentile, repeats)',
    columns: ['Test', '#Depth', '#Tokens/s'],
    rows: tests.map(({ name, depth, tokensPerSecond }) => [
      name,
      String(depth),
      formatSummary(tokensPerSecond),
    ]),
  });
}

/** The conditions without which a figure means nothing. */
export function createConditionTable(report: BenchmarkReport): HTMLElement {
  const { device, model, ceilings } = report;
  const { adapter } = device;
  const orHidden = (text: string) => text || 'not told by the browser';
  return createDataTable({
    caption: 'Device and conditions',
    columns: ['What', 'Value'],
    rows: [
      ['Device', deviceName(report)],
      ['Vendor', orHidden(adapter.vendor)],
      ['Architecture', orHidden(adapter.architecture)],
      ['Driver', orHidden(adapter.driver || adapter.description)],
      ['Packed dot products', device.packedDot],
      ['Features in use', device.features.join(', ') || 'none'],
      ...device.choices.map((choice, index) => [index === 0 ? 'Choice of kernels' : '', choice]),
      ['Copy bandwidth', `${formatBytes(ceilings.copyBytesPerSecond)}/s (measured)`],
      ['One dispatch', `${(ceilings.dispatchSeconds * 1e6).toFixed(1)} µs (measured)`],
      ['One read-back', `${(ceilings.readBackSeconds * 1e6).toFixed(0)} µs (measured)`],
      [
        'Model',
        `${model.architecture}, ${(model.parameters / 1e6).toFixed(0)} M weights, ${model.activations}`,
      ],
      ['Memory', `${formatBytes(model.weightsBytes)} weights, ${formatBytes(model.kvCacheBytes)} cache`],
      ['Context', `${model.contextLength} tokens`],
      ['Browser', report.runtime],
      ['Date', report.date],
      ['Commit', report.commit],
    ],
  });
}

/** What a token costs, beside its budget. */
export function createCountTable({ counts }: BenchmarkReport): HTMLElement {
  const { budget } = counts;
  const round = (value: number) => String(Math.round(value * 100) / 100);
  return createDataTable({
    caption: `Calls per token, counted over ${counts.countedTokens} tokens (mode ${counts.mode})`,
    columns: ['Call', '#Counted', '#Budget'],
    rows: [
      ['Dispatches', round(counts.dispatches), ''],
      ['Dispatches per layer', round(counts.dispatchesPerLayer), String(budget.dispatchesPerLayer)],
      [
        'Dispatches beside the layers',
        round(counts.dispatchesBesideLayers),
        String(budget.dispatchesBesideLayers),
      ],
      ['Submits', round(counts.submits), String(budget.submits)],
      ['Read-backs (slow tokens are read one by one)', round(counts.readBacks), String(budget.readBacks)],
      ['Objects made, all tokens', String(counts.created), '0'],
      ['Buffers written, all tokens', String(counts.written), '0'],
    ],
  });
}

/** Every kernel of a decode step; null when they were not timed. */
export function createKernelTable({ kernels, kernelMethod, ceilings }: BenchmarkReport): HTMLElement | null {
  if (kernelMethod === null) return null;
  const method =
    kernelMethod === 'timestamp-query' ? 'timestamps of the GPU' : 'wall time of repeated dispatches';
  const micro = (seconds: number) => (seconds * 1e6).toFixed(seconds < 1e-4 ? 1 : 0);
  return createDataTable({
    caption: `Kernels of one decode step, by ${method}. GB/s: weights and live cache.`,
    columns: ['Kernel', 'Role', '#Per token', '#µs each', '#µs in all', '#GB/s', '#Of copy'],
    rows: kernels.map((kernel) => {
      const rate = kernelBandwidth(kernel);
      return [
        kernel.kernel,
        kernel.role,
        String(kernel.dispatches),
        `${micro(kernel.seconds.median)} (${micro(kernel.seconds.p10)} to ${micro(kernel.seconds.p90)})`,
        micro(kernel.seconds.median * kernel.dispatches),
        rate === null ? '–' : (rate / 1e9).toFixed(1),
        rate === null ? '–' : `${((100 * rate) / ceilings.copyBytesPerSecond).toFixed(0)} %`,
      ];
    }),
  });
}

/** Which variants the autotuner chose; null when it did not run. */
export function createTuningTable({ tuning }: BenchmarkReport): HTMLElement | null {
  if (tuning === undefined || tuning.mode === 'off') return null;
  return createDataTable({
    caption: `Variants chosen by measuring (${tuning.mode}, ${(tuning.elapsedMs / 1000).toFixed(1)} s of the load)`,
    columns: ['Role', 'Shape', 'Variant', 'Gain', '#µs each', '#Measured'],
    rows: tuning.kernels.map((kernel) => [
      kernel.role,
      kernel.shape,
      kernel.variant,
      describeGain(kernel),
      kernel.seconds === null ? '–' : (kernel.seconds * 1e6).toFixed(1),
      `${kernel.measured} of ${kernel.candidates}`,
    ]),
  });
}
