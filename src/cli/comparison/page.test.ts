import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../runtime/benchmark/statistics.ts';
import { comparisonPage } from './page.ts';
import { drawPlots } from './plots.ts';
import type { ComparisonReport, ComparisonRow } from './report.ts';

const size = { parameters: 1000, bytes: 250, bitsPerWeight: 2 };
const summary = (median: number): Summary => ({
  ...{ median, p10: median, p90: median },
  minimum: median,
  maximum: median,
  repeats: 3,
});

function row(label: string, natsPerToken: number, withReference: boolean): ComparisonRow {
  return {
    label,
    file: `${label}.gguf`,
    fileBytes: 2e6,
    architecture: 'bitnet-b1.58',
    activations: 'int8',
    size: { ...size, matrices: size, tables: size, rest: size },
    memoryBytes: 1,
    loadSeconds: 1,
    quality: {
      tokens: 10,
      bytes: 10,
      windows: 1,
      windowTokens: 10,
      strideTokens: 10,
      beginToken: false,
      natsPerToken,
      standardError: 0.1,
      perplexity: Math.exp(natsPerToken),
      natsPerByte: natsPerToken,
      bitsPerByte: natsPerToken / Math.LN2,
      topOneAccuracy: 0.5,
      seconds: 1,
      tokensPerSecond: 10,
      bytesPerSecond: 10,
      reference: withReference ? { klNatsPerToken: 0.0123, topOneAgreement: 0.75 } : null,
    },
    decodeTokensPerSecond: summary(50),
    decodeBytesPerSecond: summary(150),
    intelligenceDensity: 346.57,
  };
}

function report(rows: readonly ComparisonRow[]): ComparisonReport {
  const adapter = {
    vendor: 'v',
    architecture: 'a',
    device: 'd',
    description: '',
    driver: '',
    isFallback: false,
  };
  const windows = { windowTokens: 10, strideTokens: 10, windows: 1 };
  return { date: 'today', runtime: 'Node', adapter, text: '<b>&', ...windows, reference: null, rows };
}

async function pageOf(rows: readonly ComparisonRow[]): Promise<string> {
  return comparisonPage(report(rows), await drawPlots(rows));
}

describe('comparisonPage', { timeout: 30_000 }, () => {
  it('escapes names, and allows its own style alone', async () => {
    const html = await pageOf([row('<script>alert("1")</script>', 1, false)]);
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
    expect(html).toContain('<title>1 models on &lt;b&gt;&amp;</title>');
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(html).toContain(`default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;;`);
    expect(html).not.toMatch(/ style="| src="|<link|url\(/);
  });

  it('has the table before the plots, and figures only where they were measured', async () => {
    const html = await pageOf([row('a', 1.25, true), row('b', 2.5, false)]);
    expect(html.indexOf('<table>')).toBeLessThan(html.indexOf('<svg'));
    expect(html).toContain('<td>1.2500</td>');
    expect(html).toContain('<td>0.01230</td>');
    expect(html).toContain('<td>–</td>');
    expect(html.match(/<svg role="img" aria-label="/g)).toHaveLength(5);
  });

  it('leaves out columns and plots of what nobody measured', async () => {
    const html = await pageOf([row('a', 1.25, false)]);
    expect(html).not.toContain('KL from reference');
    expect(html.match(/<svg /g)).toHaveLength(4);
  });
});
