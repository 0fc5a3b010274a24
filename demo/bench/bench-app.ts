// Puts the benchmark page together: form, run, results, files.
import { type AdapterSummary, cpuAdapterName, detectSupport, listStoredModels, loadCatalogue } from 'sterna';
import { button, h, requireElement, setButtonIcon, setIconButtonLabel } from '../dom.ts';
import { enableOffline } from '../offline.ts';
import { describeError } from '../state/error-recovery.ts';
import { chooseTheme, onThemeChange, shownTheme } from '../theme.ts';
import { announce } from '../views/announcer.ts';
import { showNotice } from '../views/notice-view.ts';
import { createUnsupportedView } from '../views/support-view.ts';
import { createProgressView } from './progress-view.ts';
import { readReportFile } from './report-file.ts';
import { createResultsView } from './results-view.ts';
import { type BenchRun, runBenchmark } from './runner.ts';
import { createSetupForm } from './setup-form.ts';

const CATALOGUE_URL = './models/index.json';

/** Builds the page. Call it once, when the document is parsed. */
export async function startBenchApp(): Promise<void> {
  buildHeader();
  void enableOffline({ onShellReady: nothing, onUpdateReady: nothing, onReplaced: nothing });
  const support = await detectSupport();
  const setup = requireElement('#setup', HTMLElement);
  if (support.status === 'unsupported') {
    setup.replaceChildren(createUnsupportedView(support.reason ?? 'no-webgpu'));
    return;
  }
  const device = requireElement('#device', HTMLElement);
  device.textContent = describeDevice(support.adapter);
  device.classList.toggle('on-cpu', support.status === 'fallback');
  const notices = requireElement('#notices', HTMLElement);
  const progress = createProgressView();
  requireElement('#progress', HTMLElement).replaceChildren(progress.element);
  const results = createResultsView();
  requireElement('#results', HTMLElement).replaceChildren(results.element);
  let running: AbortController | null = null;

  const run = async (request: BenchRun): Promise<void> => {
    const own = new AbortController();
    running = own;
    notices.replaceChildren();
    form.setRunning(true);
    progress.start();
    try {
      const report = await runBenchmark(request, {
        signal: own.signal,
        onLoad: progress.showLoad,
        onProgress: progress.showBenchmark,
      });
      results.add(report, 'Measured now');
      announce(`The benchmark of ${report.model.name} is done.`);
    } catch (error) {
      if (!own.signal.aborted) showProblem(notices, 'The benchmark failed', describeError(error));
    } finally {
      running = null;
      progress.stop();
      form.setRunning(false);
    }
  };
  const importFiles = async (files: readonly File[]): Promise<void> => {
    for (const file of files) {
      const read = await readReportFile(file);
      if ('problem' in read) showProblem(notices, `${file.name} was not imported`, read.problem);
      else results.add(read.report, file.name);
    }
  };
  const form = createSetupForm({
    onRun: (request) => void run(request),
    onStop: () => running?.abort(new DOMException('Stopped by the person.', 'AbortError')),
    onImport: (files) => void importFiles(files),
    isSlow: support.status === 'fallback',
  });
  setup.replaceChildren(form.element);
  const [catalogue, stored] = await Promise.all([
    loadCatalogue(CATALOGUE_URL).catch(() => []),
    listStoredModels().catch(() => []),
  ]);
  form.setModels(catalogue, stored);
}

function describeDevice(adapter: AdapterSummary | undefined): string {
  if (adapter === undefined) return '';
  const { vendor, architecture, device, description, driver } = adapter;
  const parts = [vendor, architecture, device, description, driver].filter((part) => part !== '');
  const names = [...new Set(parts)].join(', ');
  if (!adapter.isFallback) return `Device: ${names || 'a GPU whose name this browser hides'}`;
  const cpu = cpuAdapterName(adapter) ?? 'a software adapter';
  return `This page is running on the CPU (${cpu}), not on a graphics processor: ${names || 'no names given'}. Figures are no GPU figures.`;
}

function showProblem(host: HTMLElement, title: string, text: string): void {
  showNotice(host, { kind: 'error', title, text, onClose: nothing });
}

function nothing(): void {}

function buildHeader(): void {
  const theme = button({
    label: 'Dark colours',
    icon: 'moon',
    iconOnly: true,
    onClick: () => chooseTheme(shownTheme() === 'dark' ? 'light' : 'dark'),
  });
  onThemeChange(() => {
    const isDark = shownTheme() === 'dark';
    setButtonIcon(theme, isDark ? 'sun' : 'moon');
    setIconButtonLabel(theme, isDark ? 'Light colours' : 'Dark colours');
  });
  const chat = h('a', { href: './', class: 'bench-link' }, 'Chat');
  requireElement('#top-actions', HTMLElement).replaceChildren(chat, theme);
}
