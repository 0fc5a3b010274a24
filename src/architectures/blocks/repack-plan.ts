// Decides whether the GPU can repack a tensor, and with which kernels. Pure: touches no device.
import {
  CODED_STORAGE,
  type CodedStoragePart,
  VALUE_STORAGE,
} from '../../../shaders/common/storage/formats.ts';
import { CELL_PACKS } from '../../../shaders/layouts/cell-packs.ts';
import type { LayoutName } from '../../../shaders/layouts/layout.ts';
import { repackPair } from '../../../shaders/repack/kernel.ts';
import type { StoredRows, TensorReader } from '../../quant/format.ts';

/** What the rows become. */
export interface RepackForm {
  readonly layout: LayoutName;
  /** Columns per scale. */
  readonly groupSize: number;
  readonly minima: boolean;
}

/** How a tensor is repacked. */
export interface RepackPlan {
  readonly stored: StoredRows;
  readonly columns: number;
  /**
   * `codes`: codes and scales as they are; `row-scales`: codes, and the one scale that the groups of a row share; `int8`:
   * values requantised to int8 with a scale per row.
   */
  readonly mode: 'codes' | 'row-scales' | 'int8';
  /** `layout` of the kernel variants. */
  readonly variant: string;
  /** Scales per row as they are stored; 1 for formats that keep them elsewhere. */
  readonly storedGroups: number;
  /** Scales per row as they are written. */
  readonly groups: number;
  readonly minima: boolean;
}

/** The plan, or null when the tensor has to take the way through its reader. */
export function planRepack(reader: TensorReader, form: RepackForm): RepackPlan | null {
  const { stored, columns } = reader;
  if (stored === undefined) return null;
  const base = { stored, columns, groups: columns / form.groupSize, minima: form.minima };
  const part = CODED_STORAGE.find(({ formats }) => formats.includes(stored.format));
  const mode = reader.kind === 'float' || part === undefined ? null : codesMode(reader, part, form);
  if (part && mode) {
    const storedGroups = part.groupColumns === 0 ? 1 : columns / part.groupColumns;
    return { ...base, mode, variant: repackPair(part, form.layout), storedGroups };
  }
  if (form.layout !== 'W8' || form.groupSize !== columns || form.minima) return null;
  const values = VALUE_STORAGE.find(({ formats }) => formats.includes(stored.format));
  return values ? { ...base, mode: 'int8', variant: values.id, storedGroups: 1 } : null;
}

function codesMode(
  reader: Exclude<TensorReader, { kind: 'float' }>,
  part: CodedStoragePart,
  form: RepackForm,
): 'codes' | 'row-scales' | null {
  const pack = CELL_PACKS.find(({ name }) => name === form.layout);
  const fits = pack && part.layouts.includes(form.layout) && reader.columns % pack.cellColumns === 0;
  if (!fits || part.minima !== form.minima) return null;
  if (reader.groupSize === form.groupSize) return 'codes';
  const oneScale = reader.kind === 'ternary' && form.layout !== 'W8' && form.groupSize === reader.columns;
  return oneScale ? 'row-scales' : null;
}
