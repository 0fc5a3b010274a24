// How far a run is: the load of the model, then the steps of the benchmark.
import type { BenchmarkProgress, LoadProgress, PerplexityProgress } from 'sterna';
import { h } from '../dom.ts';
import { formatBytes } from '../state/format-units.ts';

/** The progress of a run; hidden between runs. */
export interface ProgressView {
  readonly element: HTMLElement;
  start(): void;
  showLoad(progress: LoadProgress): void;
  showBenchmark(progress: BenchmarkProgress): void;
  showQuality(progress: PerplexityProgress): void;
  stop(): void;
}

const STAGES: Readonly<Record<BenchmarkProgress['stage'], string>> = {
  device: 'Measuring the device',
  'warm-up': 'Warming up',
  test: 'Measuring',
  count: 'Counting',
  kernels: 'Timing',
  done: 'Done',
};

/** Creates the view, hidden. */
export function createProgressView(): ProgressView {
  const title = h('p', { class: 'load-phase' });
  const fill = h('div', { class: 'load-fill' });
  const bar = h('div', { class: 'load-bar', role: 'progressbar', 'aria-label': 'Benchmark' }, fill);
  bar.setAttribute('aria-valuemin', '0');
  bar.setAttribute('aria-valuemax', '100');
  const element = h('div', { class: 'load', hidden: true }, title, bar);
  const show = (text: string, share: number): void => {
    title.textContent = text;
    fill.style.transform = `scaleX(${share})`;
    bar.setAttribute('aria-valuenow', String(Math.round(share * 100)));
    bar.setAttribute('aria-valuetext', text);
  };
  return {
    element,
    start() {
      element.hidden = false;
      show('Starting', 0);
    },
    showLoad({ phase, loadedBytes, totalBytes }) {
      const share = totalBytes > 0 ? loadedBytes / totalBytes : 0;
      const amount = totalBytes > 0 ? `: ${formatBytes(loadedBytes)} of ${formatBytes(totalBytes)}` : '';
      show(`Getting the model ready (${phase})${amount}`, share);
    },
    showBenchmark: ({ stage, label, done, total }) => show(`${STAGES[stage]} ${label}`, done / total),
    showQuality: ({ doneWindows, totalWindows, natsPerToken }) =>
      show(
        `Reading the text: ${doneWindows} of ${totalWindows} windows, ${natsPerToken.toFixed(3)} nats per token`,
        doneWindows / totalWindows,
      ),
    stop() {
      element.hidden = true;
    },
  };
}
