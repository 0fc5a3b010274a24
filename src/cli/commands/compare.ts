// sterna compare: several models on one text: a table, plots in one HTML file, and the figures as JSON.
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { EngineError } from '../../errors.ts';
import { measureModelSize } from '../../gguf/model-size.ts';
import type { GpuContext } from '../../gpu/device.ts';
import { measureDecodeSpeed } from '../../quality/decode-speed.ts';
import { intelligenceDensity } from '../../util/intelligence-density.ts';
import { measuredColumns, showFigure } from '../comparison/columns.ts';
import { comparisonPage } from '../comparison/page.ts';
import { drawPlots } from '../comparison/plots.ts';
import type { ComparisonReport, ComparisonRow } from '../comparison/report.ts';
import {
  measureQuality,
  openReference,
  perplexityOptions,
  type WindowFlags,
  withRoom,
} from '../measure-quality.ts';
import { acquireNodeDevice, nodeRuntime } from '../node-gpu.ts';
import { type ModelOptions, type OpenModel, openModel } from '../open-model.ts';
import { readTextFile } from '../text-file.ts';

/** Options of the command. */
export interface CompareCommandOptions extends ModelOptions, WindowFlags {
  readonly text: string;
  readonly html?: string;
  /** File for the figures, or `-` for stdout instead of the table. */
  readonly json?: string;
  readonly reference?: string;
  /** Tokens of each measurement of decode speed. */
  readonly generateTokens: number;
}

/**
 * Measures the models one after the other; the reference stays loaded beside each.
 * @throws EngineError as loadModel, measureQuality; 'storage' when a report cannot be written. Nothing is written then.
 */
export async function compare(paths: readonly string[], options: CompareCommandOptions): Promise<void> {
  const { name, text } = readTextFile(options.text);
  const gpu = await acquireNodeDevice(options.adapter, options);
  try {
    const report = await measureAll(paths, { name, text }, options, gpu);
    const html = options.html === undefined ? null : comparisonPage(report, await drawPlots(report.rows));
    if (options.html !== undefined && html !== null) write(options.html, html);
    const json = `${JSON.stringify(report, null, 2)}\n`;
    if (options.json !== undefined && options.json !== '-') write(options.json, json);
    process.stdout.write(options.json === '-' ? json : formatTable(report.rows));
  } finally {
    gpu.dispose();
  }
}

async function measureAll(
  paths: readonly string[],
  { name, text }: { readonly name: string; readonly text: string },
  options: CompareCommandOptions,
  gpu: GpuContext,
): Promise<ComparisonReport> {
  const loading = withRoom(options);
  const labels = uniqueLabels(paths);
  const reference =
    options.reference === undefined ? undefined : await openReference(options.reference, loading, gpu);
  const rows: ComparisonRow[] = [];
  for (const [index, path] of paths.entries()) {
    process.stderr.write(`${labels[index]} (${index + 1} of ${paths.length})\n`);
    const model = await openModel(path, loading, gpu);
    try {
      const quality = await measureQuality(model, text, { options: perplexityOptions(options), reference });
      const speed = await measureDecodeSpeed(model, text, { tokens: options.generateTokens });
      rows.push(describe(labels[index], model, { quality, ...speed }));
    } finally {
      await model.dispose();
    }
  }
  await reference?.dispose();
  const { windowTokens, strideTokens, windows } = rows[0].quality;
  return {
    date: new Date().toISOString(),
    runtime: nodeRuntime(gpu),
    adapter: gpu.adapter,
    text: name,
    windowTokens,
    strideTokens,
    windows,
    reference: options.reference === undefined ? null : basename(options.reference),
    rows,
  };
}

type Measured = Pick<ComparisonRow, 'quality'> & Awaited<ReturnType<typeof measureDecodeSpeed>>;

function describe(label: string, model: OpenModel, measured: Measured): ComparisonRow {
  const { loaded, fileBytes, loadSeconds } = model;
  const { quality, tokensPerSecond, bytesPerSecond } = measured;
  const memory = loaded.pool.memory();
  return {
    label,
    file: basename(loaded.file.name),
    fileBytes,
    architecture: loaded.architecture,
    activations: loaded.activations,
    size: measureModelSize(loaded.file),
    memoryBytes: memory.weightsBytes + memory.kvCacheBytes + memory.scratchBytes,
    loadSeconds,
    quality,
    decodeTokensPerSecond: tokensPerSecond,
    decodeBytesPerSecond: bytesPerSecond,
    intelligenceDensity: intelligenceDensity(1 - quality.topOneAccuracy, fileBytes),
  };
}

/** File names without .gguf; the whole paths where two are alike. */
export function uniqueLabels(paths: readonly string[]): readonly string[] {
  const names = paths.map((path) => basename(path).replace(/\.gguf$/, ''));
  return new Set(names).size === names.length ? names : paths;
}

function formatTable(rows: readonly ComparisonRow[]): string {
  const columns = measuredColumns(rows);
  const lines = rows.map((row) => [row.label, ...columns.map((column) => showFigure(column, row))]);
  const blocks = lines.map(
    ([label, ...figures]) =>
      `${label}\n${figures.map((figure, index) => `  ${columns[index].title.padEnd(36)} ${figure.padStart(12)}`).join('\n')}`,
  );
  return `${blocks.join('\n')}\n`;
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError('storage', `${path} cannot be written: ${reason}. Choose another path.`, {
      details: { file: path },
      cause,
    });
  }
}
