// Puts the benchmark page together: form, run, results, files.
import { type AdapterSummary, cpuAdapterName, detectSupport, listStoredModels, loadCatalogue } from 'sterna';
import { h, requireElement } from '../dom.ts';
import { enableOffline } from '../offline.ts';
import { describeError } from '../state/error-recovery.ts';
import { announce } from '../views/announcer.ts';
import { showNotice } from '../views/notice-view.ts';
import { createUnsupportedView } from '../views/support-view.ts';
import { createThemeButton } from '../views/theme-button.ts';
import { createProgressView } from './progress-view.ts';
import { createQualityForm } from './quality-form.ts';
import { measureQuality, type QualityRun } from './quality-runner.ts';
import { createQualityView } from './quality-view.ts';
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
  const quality = createQualityView();
  requireElement('#quality-results', HTMLElement).replaceChildren(quality.element);
  const { run, stop } = createRunner({
    begin(isQuality) {
      notices.replaceChildren();
      form.setRunning(true, !isQuality);
      qualityForm.setRunning(true, isQuality);
      progress.start();
    },
    fail: (title, error) => showProblem(notices, title, describeError(error)),
    end(isQuality) {
      progress.stop();
      form.setRunning(false, !isQuality);
      qualityForm.setRunning(false, isQuality);
    },
  });
  const calls = { onLoad: progress.showLoad };
  const measureSpeed = (request: BenchRun) =>
    run({ isQuality: false, failure: 'The benchmark failed' }, async (signal) => {
      const onProgress = progress.showBenchmark;
      const report = await runBenchmark(request, { ...calls, signal, onProgress });
      results.add(report, 'Measured now');
      announce(`The benchmark of ${report.model.name} is done.`);
    });
  const scoreText = (request: QualityRun) =>
    run({ isQuality: true, failure: 'The measurement failed' }, async (signal) => {
      const onProgress = progress.showQuality;
      const measurement = await measureQuality(request, { ...calls, signal, onProgress });
      quality.add([measurement]);
      announce(`The quality of ${measurement.model.name} is measured.`);
    });
  const importFiles = async (files: readonly File[]): Promise<void> => {
    for (const file of files) {
      const read = await readReportFile(file);
      if ('problem' in read) showProblem(notices, `${file.name} was not imported`, read.problem);
      else if ('measurements' in read) quality.add(read.measurements);
      else results.add(read.report, file.name);
    }
  };
  const form = createSetupForm({
    onRun: (request) => void measureSpeed(request),
    onStop: stop,
    onImport: (files) => void importFiles(files),
    onModel: () => qualityForm.setModel(form.model()),
    isSlow: support.status === 'fallback',
  });
  const qualityForm = createQualityForm({
    onRun: (request) => void scoreText({ ...request, model: form.model() }),
    onStop: stop,
  });
  requireElement('#quality', HTMLElement).replaceChildren(qualityForm.element);
  setup.replaceChildren(form.element);
  const [catalogue, stored] = await Promise.all([
    loadCatalogue(CATALOGUE_URL).catch(() => []),
    listStoredModels().catch(() => []),
  ]);
  form.setModels(catalogue, stored);
}

interface RunHooks {
  begin(isQuality: boolean): void;
  fail(title: string, error: unknown): void;
  end(isQuality: boolean): void;
}

/** One run at a time, which can be stopped. */
function createRunner(hooks: RunHooks) {
  let running: AbortController | null = null;
  return {
    async run(
      { isQuality, failure }: { readonly isQuality: boolean; readonly failure: string },
      work: (signal: AbortSignal) => Promise<void>,
    ): Promise<void> {
      if (running !== null) return;
      const own = new AbortController();
      running = own;
      hooks.begin(isQuality);
      try {
        await work(own.signal);
      } catch (error) {
        if (!own.signal.aborted) hooks.fail(failure, error);
      } finally {
        running = null;
        hooks.end(isQuality);
      }
    },
    stop: () => running?.abort(new DOMException('Stopped by the person.', 'AbortError')),
  };
}

function describeDevice(adapter: AdapterSummary | undefined): string {
  const onCpu = 'Figures are no GPU figures.';
  if (adapter === undefined)
    return `This page is running on the CPU (WebAssembly), not on a graphics processor. ${onCpu}`;
  const { vendor, architecture, device, description, driver } = adapter;
  const parts = [vendor, architecture, device, description, driver].filter((part) => part !== '');
  const names = [...new Set(parts)].join(', ');
  if (!adapter.isFallback) return `Device: ${names || 'a GPU whose name this browser hides'}`;
  const cpu = cpuAdapterName(adapter) ?? 'a software adapter';
  return `This page is running on the CPU, not on a graphics processor: with WebAssembly, or through WebGPU on ${cpu} (${names || 'no names given'}). ${onCpu}`;
}

function showProblem(host: HTMLElement, title: string, text: string): void {
  showNotice(host, { kind: 'error', title, text, onClose: nothing });
}

function nothing(): void {}

function buildHeader(): void {
  const theme = createThemeButton();
  const chat = h('a', { href: './', class: 'bench-link' }, 'Chat');
  requireElement('#top-actions', HTMLElement).replaceChildren(chat, theme);
}
