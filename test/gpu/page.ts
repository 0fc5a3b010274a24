// The kernel suite in a page. `window.kernelSuite` is what test/gpu/browser.ts polls.
import { acquireDevice } from '../../src/gpu/device.ts';
import { type KernelRecord, runKernelSuite } from './kernel-suite.ts';

/** State of the suite in this page. */
export interface PageSuite {
  readonly records: KernelRecord[];
  adapter: string;
  features: string;
  /** Set when all is done; `error` when the suite itself could not run. */
  finished: boolean;
  error: string | null;
}

const suite: PageSuite = { records: [], adapter: '', features: '', finished: false, error: null };
Object.assign(window, { kernelSuite: suite });

function show(text: string): void {
  const status = document.querySelector('#status');
  if (status) status.textContent = text;
}

try {
  const { searchParams } = new URL(location.href);
  const context = await acquireDevice(navigator.gpu, { defaultLimits: true, subgroupMatrix: true });
  const { vendor, architecture, device, description } = context.adapter;
  suite.adapter =
    [vendor, architecture, device, description].filter((text) => text !== '').join(' ') || 'unnamed';
  suite.features = [...context.features].join('+') || 'none';
  void context.lost.then((error) => {
    suite.error ??= error.message;
  });
  await runKernelSuite(context, {
    filter: searchParams.get('filter') ?? undefined,
    onlyFirstPipelines: searchParams.get('onlyFirstPipelines') ?? undefined,
    onRecord(record) {
      suite.records.push(record);
      show(`${suite.records.length}: ${record.op}/${record.variant}: ${record.case} ${record.status}`);
    },
  });
  context.dispose();
} catch (error) {
  suite.error = error instanceof Error ? error.message : String(error);
} finally {
  suite.finished = true;
}
