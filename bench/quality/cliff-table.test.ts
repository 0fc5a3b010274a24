import { describe, expect, it } from 'vitest';
import { PRESET_NAMES } from '../../src/quantize/presets.ts';
import { BASELINE, CLIFF_ROWS } from './cliff-rows.ts';
import { type CliffResult, formatCliffTable, replaceTable } from './cliff-table.ts';

function result(name: string, natsPerByte: number): CliffResult {
  const row = { checkpoint: '16bit', name, command: [], veritate: 'x' } as const;
  return {
    row,
    natsPerByte,
    topOneAccuracy: 0.5,
    matrixBits: 2,
    bits: 2.5,
    fileBytes: 1_361_024,
    problem: null,
  };
}

const nothing = { natsPerByte: null, topOneAccuracy: null, matrixBits: null, bits: null, fileBytes: null };

describe('cliff table', () => {
  it('gives changes against the baseline, and reasons for what could not be measured', () => {
    const broken = { ...result('broken', 1), ...nothing, problem: "unknown command 'a|b'" };
    const lines = formatCliffTable([result(BASELINE, 1), result('worse', 3.5), broken]).split('\n');
    expect(lines[3]).toBe('| 16bit | worse | 3.5000 | +2.5000, +250 % | 50.0 % | 2.00, 2.50 | 1361 | x |');
    expect(lines[4]).toContain("not measured: unknown command 'a\\|b'");
  });

  it('names no change without a baseline', () => {
    expect(formatCliffTable([result('alone', 3.5)])).toContain('| 3.5000 |  | 50.0 %');
  });

  it('replaces the table and nothing else', () => {
    const document = 'a\n<!-- table: begin -->\nold\n<!-- table: end -->\nb\n';
    const replaced = replaceTable(document, '| new |');
    expect(replaced).toBe('a\n<!-- table: begin -->\n\n| new |\n\n<!-- table: end -->\nb\n');
    expect(() => replaceTable('a', 't')).toThrow('needs the marks');
  });

  it('lists every preset for the 16-bit checkpoint, some for the other, and one baseline', () => {
    expect(CLIFF_ROWS.filter(({ name }) => name === BASELINE)).toHaveLength(1);
    const recipesOf = (checkpoint: string) =>
      CLIFF_ROWS.filter((row) => row.checkpoint === checkpoint && row.command[0] === 'quantize').map(
        ({ name }) => name,
      );
    expect(recipesOf('16bit')).toEqual(expect.arrayContaining([...PRESET_NAMES]));
    expect(recipesOf('qat')).toHaveLength(6);
  });
});
