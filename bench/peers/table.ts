// Writes docs/peers.md from the records in bench/peers/results/.
//   node scripts/run-ts.mjs bench/peers/table.ts
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Summary } from '../../src/api/benchmark-types.ts';
import type { ContenderResult, FailedContender, ModelResult, PeersRecord, ProductResult } from './records.ts';

const RESULTS = 'bench/peers/results';
const DOCUMENT = 'docs/peers.md';
const BEGIN = '<!-- results: written by bench/peers/table.ts from bench/peers/results/ -->';
const END = '<!-- end of results -->';
/** The engine that others are divided by: the first whose name begins so. */
const OURS = 'Sterna';

/** A document with its results made anew. @throws Error when it has no place for them */
export function withPeerTables(document: string, records: readonly PeersRecord[]): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${DOCUMENT} lacks the lines ${BEGIN} and ${END}.`);
  const sections = records.map(renderRecord).join('\n');
  return `${document.slice(0, begin)}${BEGIN}\n\n${sections}\n${document.slice(end)}`;
}

/** All records, by file name. */
export function readPeerRecords(root: string): PeersRecord[] {
  const folder = path.join(root, RESULTS);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
}

function renderRecord(record: PeersRecord): string {
  const { adapter } = record.device;
  const driver = [adapter.vendor, adapter.architecture, adapter.device, adapter.description];
  const versions = Object.entries(record.packages).map(([name, version]) => `${name} ${version}`);
  return [
    `### ${record.machine}: ${driver.filter(Boolean).join(', ')}`,
    '',
    `${record.browser}; ${record.cpu}, load ${record.load} at the start; ${record.date.slice(0, 10)}; commit ${record.commit}; ` +
      `cross-origin isolated: ${record.crossOriginIsolated ? 'yes' : 'no'}. ${versions.join(', ')}.`,
    '',
    ...record.products.flatMap((product) => [...renderProduct(product), '']),
    ...record.models.flatMap((model) => [...renderModel(model), '']),
  ].join('\n');
}

function renderProduct({ tokens, rows, columns, copies, contenders, failed }: ProductResult): string[] {
  const kind = tokens === 1 ? 'decode' : 'prefill';
  const ours = contenders.find(({ name }) => name.startsWith(OURS));
  return [
    `**Product ${tokens} x ${columns} times ${columns} x ${rows}** (${kind}; ${copies} matrices in turn)`,
    '',
    '| Engine | Ran on | ms | p10 to p90 | time / ours | check |',
    '|---|---|---:|---:|---:|---|',
    ...contenders.map(({ name, ranOn, check, seconds }) => {
      const ratio = ours ? formatRatio(seconds.median / ours.seconds.median) : '–';
      return `| ${name} | ${ranOn} | ${formatSpread(seconds, 1000)} | ${ratio} | ${check} |`;
    }),
    ...renderFailed(failed),
  ];
}

function renderModel({
  name,
  parameters,
  promptTokens,
  newTokens,
  contenders,
  failed,
}: ModelResult): string[] {
  const ours = contenders.find((contender) => contender.name.startsWith(OURS));
  const ratio = (kind: 'prefill' | 'decode', own: Summary): string =>
    ours ? formatRatio(ours[kind].median / own.median) : '–';
  return [
    `**Model: ${name}** (${(parameters / 1e6).toFixed(0)} M parameters; prompt of ${promptTokens}, then ${newTokens} tokens)`,
    '',
    '| Engine | Ran on | decode, tokens/s | p10 to p90 | ours / it | prefill, tokens/s | p10 to p90 | ours / it | check |',
    '|---|---|---:|---:|---:|---:|---:|---:|---|',
    ...contenders.map((contender) => {
      const { decode, prefill } = contender;
      const figures = [
        formatSpread(decode),
        ratio('decode', decode),
        formatSpread(prefill),
        ratio('prefill', prefill),
      ];
      return `| ${contender.name} | ${describePlace(contender, newTokens)} | ${figures.join(' | ')} | ${contender.check} |`;
    }),
    ...renderFailed(failed),
  ];
}

function describePlace(
  { ranOn, dispatches, newTokens }: ContenderResult & { readonly newTokens: number },
  asked: number,
): string {
  const parts = [ranOn];
  if (dispatches !== null) parts.push(`${dispatches} dispatches per token`);
  if (newTokens < asked) parts.push(`${newTokens} new tokens only`);
  return parts.join(', ');
}

function renderFailed(failed: readonly FailedContender[]): string[] {
  if (failed.length === 0) return [];
  return [
    '',
    ...failed.map(({ name, failed: reason }) => `Not measured: ${name} (${reason.replaceAll('\n', ' ')}).`),
  ];
}

/** Median, then 10th to 90th percentile: two cells. */
function formatSpread({ median, p10, p90 }: Summary, factor = 1): string {
  return `${formatNumber(median * factor)} | ${formatNumber(p10 * factor)} to ${formatNumber(p90 * factor)}`;
}

function formatRatio(value: number): string {
  return `${formatNumber(value)}x`;
}

function formatNumber(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}

/** Writes the document of the repository in the working directory; the exit code is 0. */
export async function main(): Promise<number> {
  const file = path.join(process.cwd(), DOCUMENT);
  writeFileSync(file, withPeerTables(readFileSync(file, 'utf8'), readPeerRecords(process.cwd())));
  console.log(`${DOCUMENT}: results written`);
  return 0;
}
