// Cases of repack-absmax: rows of less than a run, ragged runs, several workgroups.
import type { KernelCase, KernelCases } from '../case.ts';
import { VALUE_STORAGE } from '../common/storage/formats.ts';
import { bitsOf, decodeValues, padToWords, randomRows, storagePart } from '../repack-case.ts';
import { absmaxReference } from './reference.ts';

function makeCase(name: string, id: string, rows: number, k: number): KernelCase {
  const { blockColumns, blockBytes } = storagePart(id);
  const bytes = () => randomRows(id, rows, k, rows * 7919 + k);
  return {
    name: `${name} (${id})`,
    shape: { k, rows, row_bytes: (k / blockColumns) * blockBytes },
    layouts: [id],
    inputs: () => ({ raw: padToWords(bytes()), peak: new Uint32Array(rows + 2) }),
    expected: () => ({
      peak: { kind: 'exact', values: bitsOf(absmaxReference(decodeValues(id, bytes()), k)) },
    }),
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'repack-absmax',
  cases: VALUE_STORAGE.flatMap(({ id, blockColumns }) => [
    ...(blockColumns === 1 ? [makeCase('one short row, K = 16', id, 1, 16)] : []),
    makeCase('ragged rows, K = 768', id, 5, 768),
    makeCase('K = 6912', id, 3, 6912),
    makeCase('many rows', id, 131, 256),
  ]),
};
