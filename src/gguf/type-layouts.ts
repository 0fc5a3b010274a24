// Tells apart the layouts that share a type id (Q2_0: blocks of 64 or of 128), by the room a tensor has in the file.
// Names of files and tensors say nothing: published ones change their meaning over time.

import { EngineError } from '../errors.ts';
import { describeGgmlType, type GgmlType, ggmlTensorBytes, ggmlTypeLayouts } from '../util/ggml-types.ts';
import { countElements, padTo } from './values.ts';

/** One entry of the tensor list, before its place in the file is known. */
export interface TensorInfo {
  readonly name: string;
  readonly dims: readonly number[];
  /** The first layout of its type id. */
  readonly type: GgmlType;
  /** From the start of the data section. */
  readonly relativeOffset: number;
}

/** What is known of the data section of a file. */
export interface DataSection {
  readonly fileName: string;
  readonly fileBytes: number;
  readonly dataStartBytes: number;
  readonly alignment: number;
}

/**
 * The layout of each tensor. All tensors of one type id have the same.
 * @throws EngineError 'bad-file' when no layout fits all tensors of an id, or several do
 */
export function resolveLayouts(infos: readonly TensorInfo[], section: DataSection): GgmlType[] {
  const chosen = new Map<number, GgmlType>();
  return infos.map(({ type }) => {
    const known = chosen.get(type.id);
    if (known !== undefined) return known;
    const layouts = ggmlTypeLayouts(type.id);
    const layout = layouts.length < 2 ? type : chooseLayout(type.id, layouts, infos, section);
    chosen.set(type.id, layout);
    return layout;
  });
}

function chooseLayout(
  typeId: number,
  layouts: readonly GgmlType[],
  infos: readonly TensorInfo[],
  section: DataSection,
): GgmlType {
  let remaining = layouts;
  infos.forEach((info, index) => {
    if (info.type.id !== typeId) return;
    const next = infos[index + 1];
    const end = next?.relativeOffset ?? section.fileBytes - section.dataStartBytes;
    const room = end - info.relativeOffset;
    const fitting = remaining.filter((layout) =>
      fits(layout, info, room, section.alignment, next === undefined),
    );
    if (fitting.length === 0) {
      throw layoutError(
        section,
        typeId,
        `tensor ${info.name} [${info.dims}] has ${room} bytes`,
        describeSizes(remaining, info),
      );
    }
    remaining = fitting;
  });
  if (remaining.length === 1) return remaining[0];
  const blocks = remaining.map(({ blockElements }) => blockElements).join(' or ');
  throw layoutError(
    section,
    typeId,
    'its tensors are so small that every block size fits them',
    `a tensor that tells blocks of ${blocks} apart`,
  );
}

/** The end of the file may lack the padding after the last tensor. */
function fits(layout: GgmlType, info: TensorInfo, room: number, alignment: number, isLast: boolean): boolean {
  if (info.dims[0] % layout.blockElements !== 0) return false;
  const bytes = ggmlTensorBytes(layout, countElements(info.dims));
  return room === padTo(bytes, alignment) || (isLast && room === bytes);
}

function describeSizes(layouts: readonly GgmlType[], info: TensorInfo): string {
  return layouts
    .map((layout) => {
      const bytes = ggmlTensorBytes(layout, countElements(info.dims));
      return `${bytes} and padding for blocks of ${layout.blockElements}`;
    })
    .join(', or ');
}

function layoutError(section: DataSection, typeId: number, observed: string, expected: string): EngineError {
  const type = describeGgmlType(typeId);
  return new EngineError(
    'bad-file',
    `${section.fileName} has ${type} tensors of unclear layout: ${observed}; expected ${expected}, the same for all of them. Download the file again or get it from another source.`,
    { details: { file: section.fileName, field: `type ${type}` } },
  );
}
