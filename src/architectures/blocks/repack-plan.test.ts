import { describe, expect, it } from 'vitest';
import type { TensorReader } from '../../quant/format.ts';
import { STORAGE_FORMATS } from '../../quant/index.ts';
import { MemorySource } from '../../util/byte-source.ts';
import { planRepack, type RepackForm } from './repack-plan.ts';
import { exactStorage, int8Storage } from './row-shards.ts';

const COLUMNS = 512;

function open(name: string, columns = COLUMNS): TensorReader {
  const format = STORAGE_FORMATS.find((entry) => entry.name === name);
  if (format === undefined) throw new Error(`no format ${name}`);
  const source = new MemorySource('empty', new Uint8Array(0));
  const sizeBytes = format.sizeBytes(2 * columns);
  return format.open({ name: 'w', source, offsetBytes: 0, sizeBytes, rows: 2, columns });
}

const ternaryForm: RepackForm = { layout: 'P', groupSize: COLUMNS, minima: false };

describe('planRepack', () => {
  const coded = STORAGE_FORMATS.filter(({ name }) => !['F32', 'F16', 'BF16'].includes(name));
  it.each(coded.map(({ name }) => name))('keeps the codes of %s', (name) => {
    const reader = open(name);
    const form = exactStorage(reader);
    expect(planRepack(reader, form)).toMatchObject({
      mode: 'codes',
      columns: COLUMNS,
      groups: COLUMNS / form.groupSize,
      storedGroups: COLUMNS / form.groupSize,
    });
  });

  it.each(['F32', 'F16', 'BF16', 'Q8_0', 'Q6_K'])('requantises %s to one scale per row', (name) => {
    expect(planRepack(open(name), int8Storage(COLUMNS))).toMatchObject({ mode: 'int8', groups: 1 });
  });

  it('joins the scales of ternary blocks where the layer wants one per row', () => {
    expect(planRepack(open('TQ2_0'), ternaryForm)).toMatchObject({ mode: 'row-scales', storedGroups: 2 });
    expect(planRepack(open('I2_S'), ternaryForm)).toMatchObject({ mode: 'codes', groups: 1 });
  });

  it('leaves to the readers what no kernel does', () => {
    const reader = open('TQ2_0');
    expect(planRepack({ ...reader, stored: undefined }, ternaryForm), 'changed values').toBeNull();
    const renamed = { format: 'Q3_X', rowBytes: 4, read: async () => new Uint8Array(4) };
    expect(planRepack({ ...reader, stored: renamed }, ternaryForm), 'unknown format').toBeNull();
    expect(planRepack(open('F16'), exactStorage(open('F16'))), 'floats as floats').toBeNull();
    expect(planRepack(open('Q4_0'), int8Storage(COLUMNS)), 'int4 requantised').toBeNull();
    const narrow = open('Q2_0', 64 * 3);
    expect(planRepack(narrow, { ...exactStorage(narrow), layout: 'B1' }), 'layout of other codes').toBeNull();
  });
});
