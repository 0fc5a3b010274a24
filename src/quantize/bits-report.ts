// Effective bits per weight, counting everything that the file holds for the weights: codes, scales, outliers with their
// indices, and norms. Divided by the weights of the original, so that an untied head counts as what it costs.

import { countElements, type GgufTensor } from '../gguf/values.ts';
import { type GgufTensorPlan, plannedBytes } from '../gguf/writer.ts';

/** Bits of one group of tensors. */
export interface BitsRow {
  readonly group: string;
  /** Weights of the original. */
  readonly weights: number;
  readonly bytes: number;
  /** bytes * 8 / weights; 0 without weights. */
  readonly bitsPerWeight: number;
}

/** Bits by group, and in total. */
export interface BitsReport {
  readonly rows: readonly BitsRow[];
  /** The matrices of all layers with everything beside them. */
  readonly matrices: BitsRow;
  readonly total: BitsRow;
}

const GROUPS = [
  'attn_q',
  'attn_k',
  'attn_v',
  'attn_output',
  'ffn_gate',
  'ffn_up',
  'ffn_down',
  'embedding',
  'head',
  'other',
] as const;
type Group = (typeof GROUPS)[number];

/** Groups the tensors of the original and of the output. */
export function reportBits(
  original: readonly Pick<GgufTensor, 'name' | 'dims'>[],
  output: readonly GgufTensorPlan[],
): BitsReport {
  const weights = new Map<Group, number>();
  const bytes = new Map<Group, number>();
  for (const { name, dims } of original) add(weights, groupOf(name), countElements(dims));
  for (const tensor of output) add(bytes, groupOf(tensor.name), plannedBytes(tensor));
  const rows = GROUPS.map((group) => row(group, weights.get(group) ?? 0, bytes.get(group) ?? 0));
  const isMatrix = ({ group }: BitsRow) => group.startsWith('attn') || group.startsWith('ffn');
  return {
    rows: rows.filter(({ weights, bytes }) => weights > 0 || bytes > 0),
    matrices: sum('matrices', rows.filter(isMatrix)),
    total: sum('total', rows),
  };
}

function groupOf(name: string): Group {
  if (/^token_embd\./.test(name)) return 'embedding';
  if (/^output\./.test(name)) return 'head';
  if (name.endsWith('_norm.weight') || name.endsWith('.bias')) return 'other';
  // blk.N.PART.weight, .code_scale, .outlier.weight, .sparse and the like belong to PART.
  const part = name.split('.')[2];
  return GROUPS.find((group) => group === part) ?? 'other';
}

function add(map: Map<Group, number>, group: Group, amount: number): void {
  map.set(group, (map.get(group) ?? 0) + amount);
}

function sum(group: string, rows: readonly BitsRow[]): BitsRow {
  const total = (key: 'weights' | 'bytes') => rows.reduce((amount, entry) => amount + entry[key], 0);
  return row(group, total('weights'), total('bytes'));
}

function row(group: string, weights: number, bytes: number): BitsRow {
  return { group, weights, bytes, bitsPerWeight: weights === 0 ? 0 : (bytes * 8) / weights };
}

/** A table for people. @param errors root of the relative squared error by group; absent for groups without one */
export function formatBits(report: BitsReport, errors: ReadonlyMap<string, number>): string {
  const lines = [...report.rows, report.matrices, report.total].map((entry) => {
    const error = errors.get(entry.group);
    return [
      entry.group.padEnd(12),
      String(entry.weights).padStart(13),
      String(entry.bytes).padStart(13),
      entry.weights === 0 ? '-'.padStart(12) : entry.bitsPerWeight.toFixed(3).padStart(12),
      (error === undefined ? '-' : `${(error * 100).toFixed(2)} %`).padStart(10),
    ].join(' ');
  });
  const header = [
    'group'.padEnd(12),
    'weights'.padStart(13),
    'bytes'.padStart(13),
    'bits/weight'.padStart(12),
    'error'.padStart(10),
  ].join(' ');
  return `${[header, ...lines].join('\n')}\n`;
}
