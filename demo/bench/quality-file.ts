// Measurements of quality as a file of their own; bench/results/README.md describes the format. Files of others are untrusted.
import { type AdapterSummary, type EngineOptions, intelligenceDensity, type PerplexityReport } from 'sterna';
import { ADAPTER_SHAPE, numbers, type Shape } from './report-shape.ts';
import { saveJson } from './save-json.ts';
import { findMismatch } from './shape-check.ts';

/** `format` of the file. */
export const QUALITY_FORMAT = 'sterna-quality';
/** `version` of the file; a change of meaning raises it. Version 1 had no settings; its files are still read. */
export const QUALITY_VERSION = 2;
const VERSION_WITHOUT_SETTINGS = 1;

/** How the engine ran the model: what the figures depend on beside model and text. */
export type QualitySettings = Required<Pick<EngineOptions, 'head' | 'arithmetic' | 'kvCache'>>;

/** One model on one text. */
export interface QualityMeasurement {
  /** ISO 8601. */
  readonly date: string;
  /** The browser's user agent. */
  readonly runtime: string;
  readonly adapter: AdapterSummary;
  readonly model: {
    readonly id: string;
    readonly name: string;
    readonly architecture: string;
    readonly parameters: number;
    /** Bytes of all tensors over the weights, in bits. */
    readonly bitsPerWeight: number;
    readonly fileBytes: number;
  };
  /** Null: not recorded, in a file of version 1. */
  readonly settings: QualitySettings | null;
  readonly text: {
    /** For people: a file name, for example. */
    readonly name: string;
    /** SHA-256 of its UTF-8, lower-case hex: rows compare only where it is equal. */
    readonly sha256: string;
  };
  readonly quality: PerplexityReport;
  /** Speed of a short greedy answer; null when the model ended it at once. */
  readonly decode: { readonly tokensPerSecond: number; readonly bytesPerSecond: number } | null;
}

const MEASUREMENT: Shape = {
  fields: {
    date: 'string',
    runtime: 'string',
    adapter: ADAPTER_SHAPE,
    model: {
      fields: {
        id: 'string',
        name: 'string',
        architecture: 'string',
        parameters: 'number',
        bitsPerWeight: 'number',
        fileBytes: 'number',
      },
    },
    settings: { nullable: { fields: { head: 'string', arithmetic: 'string', kvCache: 'string' } } },
    text: { fields: { name: 'string', sha256: 'string' } },
    quality: {
      fields: {
        tokens: 'number',
        bytes: 'number',
        windows: 'number',
        windowTokens: 'number',
        strideTokens: 'number',
        beginToken: 'boolean',
        natsPerToken: 'number',
        standardError: 'number',
        perplexity: 'number',
        natsPerByte: 'number',
        bitsPerByte: 'number',
        topOneAccuracy: 'number',
        seconds: 'number',
        tokensPerSecond: 'number',
        bytesPerSecond: 'number',
      },
    },
    decode: { nullable: numbers('tokensPerSecond', 'bytesPerSecond') },
  },
};
const FILE_SHAPE: Shape = { fields: { measurements: { list: MEASUREMENT } } };

/** Checks a parsed file whose format is QUALITY_FORMAT. Never throws. */
export function parseQuality(
  value: unknown,
): { readonly measurements: readonly QualityMeasurement[] } | { readonly problem: string } {
  const { version } = value as { version?: unknown };
  if (version !== QUALITY_VERSION && version !== VERSION_WITHOUT_SETTINGS) {
    return {
      problem: `The measurements have version ${String(version).slice(0, 20)}; this page reads ${VERSION_WITHOUT_SETTINGS} and ${QUALITY_VERSION}. Measure them again.`,
    };
  }
  const current = version === VERSION_WITHOUT_SETTINGS ? withoutSettings(value) : value;
  const wrong = findMismatch(current, FILE_SHAPE, 'file');
  if (wrong !== null) return { problem: `The file is damaged: ${wrong}.` };
  return current as { measurements: QualityMeasurement[] };
}

/** A file of version 1 as one of today. */
function withoutSettings(value: unknown): unknown {
  const { measurements } = value as { measurements?: unknown };
  if (!Array.isArray(measurements)) return value;
  return {
    measurements: measurements.map((row: unknown) =>
      typeof row === 'object' && row !== null ? { ...row, settings: null } : row,
    ),
  };
}

/** Lets the browser save measurements in one file. */
export function saveQuality(measurements: readonly QualityMeasurement[]): void {
  const day = new Date().toISOString().slice(0, 16).replaceAll(/[:T]/g, '-');
  saveJson({ format: QUALITY_FORMAT, version: QUALITY_VERSION, measurements }, `sterna-quality-${day}.json`);
}

/** Intelligence density as `sterna compare` has it: share of wrong first guesses, per gigabyte of file. */
export function densityOf({ quality, model }: QualityMeasurement): number {
  return intelligenceDensity(1 - quality.topOneAccuracy, model.fileBytes);
}
