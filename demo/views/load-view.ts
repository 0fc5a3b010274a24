// The model on its way: phase, bar, bytes, speed, time left; or why it did not arrive and what to do.
import type { LoadPhase, LoadProgress } from 'sterna';
import { button, h, icon } from '../dom.ts';
import type { Recovery } from '../state/error-recovery.ts';
import { formatByteRate, formatBytes, formatRemaining } from '../state/format-units.ts';

const PHASES: Readonly<Record<LoadPhase, string>> = {
  connect: 'Looking for the model',
  header: 'Reading the model’s description',
  weights: 'Getting the model',
  compile: 'Preparing the programs',
  'warm-up': 'Warming up',
  ready: 'Ready',
};

/** The progress of a load. */
export interface LoadView {
  readonly element: HTMLElement;
  show(progress: LoadProgress): void;
  fail(message: string, recoveries: readonly (Recovery & { run: () => void })[]): void;
  /** Back to the beginning, without an error. */
  reset(): void;
}

/** Creates a load view at the beginning of a load. */
export function createLoadView(): LoadView {
  const phase = h('p', { class: 'load-phase' });
  const fill = h('div', { class: 'load-fill' });
  const bar = h('div', { class: 'load-bar', role: 'progressbar', 'aria-label': 'Loading the model' }, fill);
  bar.setAttribute('aria-valuemin', '0');
  bar.setAttribute('aria-valuemax', '100');
  const details = h('p', { class: 'load-details' });
  const progressPart = h('div', { class: 'load-progress' }, phase, bar, details);
  const failure = h('div', { class: 'notice error', role: 'alert', hidden: true });
  const element = h('div', { class: 'load' }, progressPart, failure);

  const showText = (title: string, share: number | null, lines: readonly string[]): void => {
    phase.textContent = title;
    details.textContent = lines.filter((line) => line !== '').join(' · ') || ' ';
    const percent = share === null ? 0 : Math.round(share * 100);
    fill.style.transform = share === null ? '' : `scaleX(${share})`;
    if (share === null) bar.removeAttribute('aria-valuenow');
    else bar.setAttribute('aria-valuenow', String(percent));
    bar.setAttribute('aria-valuetext', share === null ? title : `${title}: ${percent} %`);
    bar.classList.toggle('indeterminate', share === null);
  };

  const view: LoadView = {
    element,
    show(progress) {
      const share = progress.totalBytes > 0 ? Math.min(1, progress.loadedBytes / progress.totalBytes) : null;
      const isFromDevice = progress.cachedBytes > 0 && progress.cachedBytes >= progress.loadedBytes;
      const title =
        progress.phase === 'weights' && isFromDevice
          ? 'Reading the model from this device'
          : PHASES[progress.phase];
      showText(title, share, describeBytes(progress, isFromDevice));
    },
    fail(message, recoveries) {
      progressPart.hidden = true;
      failure.hidden = false;
      const actions = recoveries.map((recovery) => button({ label: recovery.label, onClick: recovery.run }));
      const title = h('p', { class: 'notice-title' }, 'The model could not be loaded');
      const actionRow = h('div', { class: 'actions' }, ...actions);
      failure.replaceChildren(
        icon('warning'),
        h('div', { class: 'notice-body' }, title, h('p', {}, message), actionRow),
      );
      failure.scrollIntoView({ block: 'nearest' });
    },
    reset() {
      progressPart.hidden = false;
      failure.hidden = true;
      failure.replaceChildren();
      showText(PHASES.connect, null, []);
    },
  };
  view.reset();
  return view;
}

function describeBytes(progress: LoadProgress, isFromDevice: boolean): string[] {
  if (progress.totalBytes === 0) return [];
  const amount = `${formatBytes(progress.loadedBytes)} of ${formatBytes(progress.totalBytes)}`;
  if (progress.phase !== 'weights') return [amount];
  const isPartlyCached = progress.cachedBytes > 0 && !isFromDevice;
  return [
    amount,
    isPartlyCached ? `${formatBytes(progress.cachedBytes)} already on this device` : '',
    isFromDevice ? '' : formatByteRate(progress.bytesPerSecond),
    isFromDevice ? '' : formatRemaining(progress.remainingMs),
  ];
}
