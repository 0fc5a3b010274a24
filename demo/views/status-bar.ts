// One quiet line at the bottom: which model, on what, how much memory, how fast.
import { type AdapterSummary, cpuAdapterName, type MemoryUse } from 'sterna';
import { h, icon } from '../dom.ts';
import { formatByteRate, formatBytes, formatTokenRate } from '../state/format-units.ts';

/** The facts at the bottom of the page. Facts that were not given yet take no room. */
export interface StatusBar {
  readonly element: HTMLElement;
  setModel(name: string): void;
  /** Hides what was said of a model that is not loaded any more. */
  clearModel(): void;
  setDevice(adapter: AdapterSummary): void;
  setMemory(memory: MemoryUse): void;
  /** Decode speed of the last answer in tokens and, unless 0, bytes of text per second; 0 tokens hide it. */
  setSpeed(tokensPerSecond: number, bytesPerSecond?: number): void;
  /** Whether the page works without a network from now on. */
  setOffline(isReady: boolean): void;
}

/** Creates an empty status bar. */
export function createStatusBar(): StatusBar {
  const model = createItem('Model');
  const device = createItem('Device');
  const memory = createItem('Memory');
  const speed = createItem('Speed');
  const offline = h('span', { class: 'status-item', hidden: true }, icon('offline'), 'Works offline');
  const items = [model, device, memory, speed].map((item) => item.element);
  const benchmark = h('a', { class: 'status-item', href: './bench.html' }, 'Benchmark');
  const element = h('div', { class: 'status' }, ...items, offline, benchmark);
  return {
    element,
    setModel: (name) => model.set(name),
    clearModel() {
      for (const item of [model, memory, speed]) item.set('');
    },
    setDevice(adapter) {
      device.set(describeAdapter(adapter));
      device.element.title = Object.values(adapter)
        .filter((part) => typeof part === 'string')
        .join(' ');
    },
    setMemory(use) {
      memory.set(formatBytes(use.weightsBytes + use.kvCacheBytes + use.scratchBytes));
      memory.element.title = [
        `weights ${formatBytes(use.weightsBytes)}`,
        `conversation ${formatBytes(use.kvCacheBytes)}`,
        `working space ${formatBytes(use.scratchBytes)}`,
      ].join(', ');
    },
    setSpeed: (tokens, bytes = 0) =>
      speed.set(
        tokens > 0 ? [formatTokenRate(tokens), formatByteRate(bytes)].filter(Boolean).join(', ') : '',
      ),
    setOffline(isReady) {
      offline.hidden = !isReady;
    },
  };
}

/** A device in a few words: its name, else vendor and architecture; says so when it is the CPU. */
export function describeAdapter(adapter: AdapterSummary): string {
  if (adapter.isFallback) {
    const cpu = cpuAdapterName(adapter);
    return cpu === null ? 'Running on the CPU' : `Running on the CPU (${cpu})`;
  }
  const name = adapter.description || adapter.device || `${adapter.vendor} ${adapter.architecture}`.trim();
  return name || 'GPU';
}

function createItem(label: string): { element: HTMLElement; set: (text: string) => void } {
  const value = h('span', { class: 'status-value' });
  const element = h(
    'span',
    { class: 'status-item', hidden: true },
    h('span', { class: 'visually-hidden' }, `${label}: `),
    value,
  );
  const set = (text: string): void => {
    value.textContent = text;
    element.hidden = text === '';
  };
  return { element, set };
}
