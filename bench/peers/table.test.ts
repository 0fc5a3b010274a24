import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/api/benchmark-types.ts';
import { PEERS_VERSION, type PeersRecord } from './records.ts';
import { readPeerRecords, withPeerTables } from './table.ts';

const PLACE = [
  'before',
  '<!-- results: written by bench/peers/table.ts from bench/peers/results/ -->',
  'old',
  '<!-- end of results -->',
  'after',
].join('\n');

const summary = (median: number): Summary => ({
  median,
  p10: median * 0.9,
  p90: median * 1.1,
  minimum: median,
  maximum: median,
  repeats: 3,
});

const RECORD: PeersRecord = {
  format: 'sterna-peers',
  version: PEERS_VERSION,
  date: '2026-11-25T12:00:00.000Z',
  commit: 'abc',
  browser: 'Browser/1',
  machine: 'm',
  cpu: '2 x CPU',
  load: 1.5,
  device: {
    adapter: { vendor: 'v', architecture: 'a', device: '', description: '', driver: '', isFallback: true },
    packedDot: 'none',
    features: [],
    choices: [],
  },
  crossOriginIsolated: true,
  packages: { peer: '1.2.3' },
  products: [
    {
      rows: 10,
      columns: 20,
      tokens: 1,
      copies: 2,
      contenders: [
        { name: 'Sterna', ranOn: 'webgpu', dispatches: 2, check: 'fine', seconds: summary(0.002) },
        { name: 'peer', ranOn: 'webgpu', dispatches: 1, check: 'fine', seconds: summary(0.5) },
      ],
      failed: [{ name: 'other', failed: 'broke\nhere' }],
    },
  ],
  models: [
    {
      name: 'm',
      parameters: 21e6,
      promptTokens: 8,
      newTokens: 4,
      contenders: [
        {
          name: 'Sterna',
          ranOn: 'webgpu',
          dispatches: null,
          check: '-',
          prefill: summary(30),
          decode: summary(20),
          newTokens: 4,
        },
        {
          name: 'peer',
          ranOn: 'wasm',
          dispatches: null,
          check: '-',
          prefill: summary(60),
          decode: summary(5),
          newTokens: 2,
        },
      ],
      failed: [],
    },
  ],
};

describe('withPeerTables', () => {
  it('replaces what stands between the marks: medians, spread, ratios above 1 where ours is faster', () => {
    const text = withPeerTables(PLACE, [RECORD]);
    expect(text.startsWith('before\n')).toBe(true);
    expect(text.endsWith('\nafter')).toBe(true);
    expect(text).not.toContain('old');
    expect(text).toContain('| peer | webgpu | 500 | 450 to 550 | 250x | fine |');
    expect(text).toContain(
      '| peer | wasm, 2 new tokens only | 5 | 4.5 to 5.5 | 4x | 60 | 54 to 66 | 0.5x | - |',
    );
    expect(text).toContain('Not measured: other (broke here).');
    expect(text).toContain('peer 1.2.3');
  });

  it('refuses a document without a place', () => {
    expect(() => withPeerTables('text', [RECORD])).toThrow(/lacks the lines/);
  });

  it('is what docs/peers.md holds', () => {
    const document = readFileSync('docs/peers.md', 'utf8');
    expect(withPeerTables(document, readPeerRecords('.'))).toBe(document);
  });
});
