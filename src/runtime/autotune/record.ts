// What is kept of a tuning: one record per device, kernel version and shape. Records come from outside (a store that
// older versions and other programs can write), so they are checked before they are believed.
import type { GpuContext } from '../../gpu/device.ts';
import type { Kernel } from '../../gpu/kernel.ts';
import { hashTexts } from '../../util/text-hash.ts';
import type { CandidateList } from './candidates.ts';
import type { TunableShape } from './shapes.ts';

/** Where records are kept. Either method may reject; the tuner then goes on without. */
export interface TuningStore {
  /** @returns whatever lies under the key, undefined when nothing does */
  read(key: string): Promise<unknown>;
  /** Replaces what lies under the key. */
  write(key: string, record: TuningRecord): Promise<void>;
}

/** A decision. */
export interface TuningRecord {
  readonly version: 1;
  /** The candidate that is taken; that of the default where none was clearly faster. */
  readonly candidate: string;
  /** Seconds per dispatch: of the default, and of the candidate, from the same run in turns; null: not decided in time. */
  readonly times: { readonly default: number; readonly candidate: number } | null;
  /** Candidates that were measured, of all that there are. */
  readonly measured: number;
  readonly candidates: number;
  /** Candidates whose results were wrong or that did not compile, with the reason. */
  readonly rejected: readonly { readonly candidate: string; readonly reason: string }[];
  /** ISO 8601. */
  readonly date: string;
}

/** Version of the tuner: how it measures and decides. */
const TUNER_VERSION = 1;

/** Key of a shape on a device: another driver name, other features, or changed kernels make another key. */
export function recordKey(gpu: GpuContext, shape: TunableShape, list: CandidateList): string {
  const { vendor, architecture, device, description, driver } = gpu.adapter;
  const adapter = [vendor, architecture, device, description, driver].join('/');
  const features = [...gpu.features].sort().join('+');
  return [adapter, features, kernelHash(shape.kernel, list), shape.key].join('|');
}

/** Fingerprint of everything that a decision between these candidates rests on: their sources, values and the tuner. */
export function kernelHash({ name }: Kernel, { candidates, twin }: CandidateList): string {
  const sources = new Set([twin.code, ...candidates.map(({ variant }) => variant.code)]);
  return hashTexts([String(TUNER_VERSION), name, ...candidates.map(({ id }) => id), ...sources]);
}

/** @returns the record, or null when it is not one of this version or names no candidate of these */
export function parseRecord(value: unknown, { candidates }: CandidateList): TuningRecord | null {
  if (typeof value !== 'object' || value === null) return null;
  const record = value as Partial<Record<keyof TuningRecord, unknown>>;
  const isCount = (count: unknown) => Number.isSafeInteger(count) && (count as number) >= 0;
  const holds =
    record.version === 1 &&
    candidates.some(({ id }) => id === record.candidate) &&
    (record.times === null || hasTimes(record.times)) &&
    isCount(record.measured) &&
    isCount(record.candidates) &&
    Array.isArray(record.rejected) &&
    record.rejected.every(isRejection) &&
    typeof record.date === 'string';
  return holds ? (value as TuningRecord) : null;
}

function hasTimes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { default: before, candidate } = value as Record<string, unknown>;
  return [before, candidate].every(
    (seconds) => typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0,
  );
}

function isRejection(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { candidate, reason } = value as Record<string, unknown>;
  return typeof candidate === 'string' && typeof reason === 'string';
}

/** A store for the life of the process, or of a test. */
export class MemoryTuningStore implements TuningStore {
  readonly #records = new Map<string, unknown>();

  async read(key: string): Promise<unknown> {
    return this.#records.get(key);
  }

  async write(key: string, record: unknown): Promise<void> {
    this.#records.set(key, record);
  }
}
