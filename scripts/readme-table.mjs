// The table of results in README.md, from bench/results/: `npm run results` writes it, `npm run check` compares it.
// Files of the benchmark (format sterna-benchmark) and those from before it existed are both read; the newest day of
// each device, runtime and model counts, with the range of its files.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const BEGIN = '<!-- results: written by `npm run results` from bench/results/ -->';
const END = '<!-- end of results -->';

/** @typedef {{ device: string, runtime: string, model: string, decode: string, prefill: string, date: string, file: string }} Row */

/**
 * The README with its table made anew.
 * @param {string} readme
 * @param {string} root absolute path of the repository
 * @returns {string}
 * @throws Error when the README has no place for the table
 */
export function withResultsTable(readme, root) {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md lacks the lines ${BEGIN} and ${END}.`);
  return `${readme.slice(0, begin)}${BEGIN}\n${renderTable(readResults(path.join(root, 'bench/results')))}${readme.slice(end)}`;
}

/** @param {readonly Row[]} rows */
function renderTable(rows) {
  return [
    '| Device, runtime | Model | Decode, tokens/s | Prefill, tokens/s | Date |',
    '|---|---|---:|---:|---|',
    ...rows.map(
      ({ device, runtime, model, decode, prefill, date }) =>
        `| ${device}, ${runtime} | ${model} | ${decode} | ${prefill} | ${date} |`,
    ),
    '',
  ].join('\n');
}

/** @param {string} folder */
function readResults(folder) {
  /** @type {Map<string, Row[]>} */
  const newest = new Map();
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.json')) continue;
    const record = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
    const row = record.format === 'sterna-benchmark' ? readReport(record, file) : readOldRecord(record, file);
    const key = [row.device, row.runtime, row.model].join('|');
    const known = newest.get(key) ?? [];
    if (known.length === 0 || known[0].date < row.date) newest.set(key, [row]);
    else if (known[0].date === row.date) known.push(row);
  }
  const order = (row) => `${/^CPU/.test(row.device) ? 1 : 0} ${row.device} ${row.model} ${row.runtime}`;
  return [...newest.values()].map(mergeDay).sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** Several files of one day: every figure that differs, so that none is picked. */
function mergeDay(rows) {
  const all = (key) => [...new Set(rows.map((row) => row[key]))].join(' and ');
  return { ...rows[0], decode: all('decode'), prefill: all('prefill') };
}

/** @returns {Row} */
function readReport(report, file) {
  const best = (kind) => {
    const test = report.tests.find((entry) => entry.kind === kind && entry.depth === 0);
    return test === undefined ? '–' : `${formatRate(test.tokensPerSecond.median)} (${test.name})`;
  };
  return {
    device: describeAdapter(report.device.adapter, file),
    runtime: describeRuntime(report.runtime),
    model: describeModel(report.model, report.device.features),
    decode: best('decode'),
    prefill: best('prefill'),
    date: report.date.slice(0, 10),
    file,
  };
}

/** Arithmetic is named where it is not the exact one, experimental features where they are in use. */
function describeModel({ name, synthetic, activations }, features) {
  const short = synthetic
    ? `${name.replace('Synthetic weights in the shape of ', '')} shape, random weights`
    : name;
  const arithmetic = activations.startsWith('int8-blocks') ? '; block arithmetic' : '';
  return `${short}${arithmetic}${features.includes('subgroup-matrix') ? '; matrix units' : ''}`;
}

/** Records from before the format had a version: one prefill and one decode figure. */
function readOldRecord(record, file) {
  const synthetic = /synthetic-(.+)\.json$/.exec(file)?.[1];
  return {
    device: describeAdapter(record.adapter, file),
    runtime: describeRuntime(record.userAgent ?? record.runtime),
    model: synthetic === undefined ? 'Sterna Chat' : `${synthetic} shape, random weights`,
    decode: formatRate(record.decodeTokensPerSecond.median),
    prefill: formatRate(record.prefillTokensPerSecond.median),
    date: record.date.slice(0, 10),
    file,
  };
}

/** Browsers hide the name of the card: the file's name then tells (DATE-DEVICE-RUNTIME...). */
function describeAdapter(adapter, file) {
  const names = [adapter.vendor, adapter.architecture, adapter.device, adapter.description].join(' ');
  if (adapter.description === 'WebAssembly') return `CPU (WebAssembly, ${adapter.device})`;
  if (/swiftshader/i.test(names)) return 'CPU (SwiftShader)';
  if (/llvmpipe/i.test(names)) return 'CPU (llvmpipe)';
  const card =
    /nvidia-([ah]\d+)/i.exec(adapter.device)?.[1] ?? /^\d{4}-\d\d-\d\d-([a-z0-9]+)-/.exec(file)?.[1];
  return `${adapter.vendor === 'nvidia' ? 'NVIDIA ' : ''}${(card ?? adapter.vendor).toUpperCase()}`;
}

function describeRuntime(text) {
  const chrome = /Chrome\/(\d+)/.exec(text);
  if (chrome) return `Chromium ${chrome[1]}`;
  const firefox = /Firefox\/(\d+)/.exec(text);
  if (firefox) return `Firefox ${firefox[1]}`;
  const node = /^Node v(\d+)/.exec(text);
  if (node) return `Node ${node[1]}`;
  return /Dawn/.test(text) ? 'Dawn in Node' : text.slice(0, 40);
}

function formatRate(value) {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}

const here = fileURLToPath(import.meta.url);
if (process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === import.meta.url) {
  const root = path.dirname(path.dirname(here));
  const file = path.join(root, 'README.md');
  writeFileSync(file, withResultsTable(readFileSync(file, 'utf8'), root));
  console.log(`${file}: table of results written`);
}
