// A comparison as one HTML file: table first, then plots. No script, no request: the content security policy allows one style
// sheet by its hash and nothing else.
import { createHash } from 'node:crypto';
import { measuredColumns, showFigure } from './columns.ts';
import type { Plot } from './plots.ts';
import type { ComparisonReport, ComparisonRow } from './report.ts';

const STYLE = `
:root { color-scheme: light dark; --accent: light-dark(#0b57d0, #8ab4f8); --line: light-dark(#ccc, #555); }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: start; padding-bottom: .5rem; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: end; }
th { font-weight: 600; vertical-align: bottom; }
th[scope=row], td.name { text-align: start; overflow-wrap: anywhere; }
.plots { display: flex; flex-wrap: wrap; gap: 1.5rem; }
figure { margin: 0; }
figure svg { max-width: 100%; height: auto; }
dt { font-weight: 600; }
dd { margin: 0 0 .5rem 0; }
`;

/** The whole document. */
export function comparisonPage(report: ComparisonReport, plots: readonly Plot[]): string {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const title = `${report.rows.length} models on ${report.text}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${table(report)}
<h2>Plots</h2>
<p>Numbers in the plots are the rows of the table.</p>
<div class="plots">
${plots.map(figure).join('\n')}
</div>
<h2>How it was measured</h2>
${facts(report)}
</main>
</body>
</html>
`;
}

/** Text as it may stand in HTML, attributes included. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function table({ rows, reference }: ComparisonReport): string {
  const columns = measuredColumns(rows);
  const heads = ['#', 'model', ...columns.map(({ title }) => title)];
  const line = (row: ComparisonRow, index: number) =>
    [
      `<tr><th scope="row">${index + 1}</th><td class="name">${escapeHtml(row.label)}</td>`,
      ...columns.map((column) => `<td>${escapeHtml(showFigure(column, row))}</td>`),
      '</tr>',
    ].join('');
  const against = reference === null ? '' : ` Reference: ${reference}.`;
  return `<div class="scroll" tabindex="0" role="region" aria-label="Table of the models">
<table>
<caption>${escapeHtml(`Lower cross-entropy and divergence are better.${against}`)}</caption>
<thead><tr>${heads.map((head) => `<th scope="col">${escapeHtml(head)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map(line).join('\n')}
</tbody>
</table>
</div>`;
}

// One picture for assistive technology: its figures are in the table.
function figure({ title, svg }: Plot): string {
  const named = svg.replace('<svg ', `<svg role="img" aria-label="${escapeHtml(title)}" `);
  return `<figure>${named}<figcaption>${escapeHtml(title)}</figcaption></figure>`;
}

function facts(report: ComparisonReport): string {
  const { adapter, windows, windowTokens, strideTokens, rows } = report;
  const entries: readonly (readonly [string, string])[] = [
    ['Date and runtime', `${report.date}, ${report.runtime}`],
    ['Device', `${adapter.description || adapter.device} (${adapter.vendor})`],
    [
      'Text',
      `${report.text}: ${windows} windows of ${windowTokens} predictions, one every ${strideTokens} tokens; each prediction counts once.`,
    ],
    [
      'Bits per weight',
      'All bytes of all tensors (scales, indices and outliers too) times 8, over the number of weights.',
    ],
    [
      'Divergence',
      'KL(reference || model) over the whole vocabulary, mean over the predictions. The reference runs in exact arithmetic.',
    ],
    [
      'Intelligence density',
      "-ln(error) per gigabyte of file, as PrismML defines it in the white paper of 1-bit Bonsai 8B. The error here is the share of tokens of this text whose most likely prediction is wrong, not PrismML's benchmarks, so it compares only within this table.",
    ],
    [
      'Arithmetic',
      rows
        .map((row, index) => `${index + 1}: ${row.architecture}, ${row.activations} activations`)
        .join('; '),
    ],
  ];
  const items = entries.map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(text)}</dd>`);
  return `<dl>\n${items.join('\n')}\n</dl>`;
}
