// Parses a model manifest: untrusted JSON to a typed record, with every field checked. Unknown keys are ignored.

import type { CatalogueEntry, ModelDimensions, ModelManifest, SamplingOptions } from '../api/types.ts';
import { EngineError } from '../errors.ts';
import { describeRange, isInRange, type NumberRange, SAMPLING_RANGES } from '../util/sampling-ranges.ts';
import { chunkCount } from './chunk-store.ts';

/**
 * Limits of `chunkBytes`. Below, a model is tens of thousands of records and requests; above, the chunks that are held
 * at once no longer fit the memory budget of a load.
 */
const CHUNK_BYTES_RANGE = { min: 64 * 1024, max: 8 * 1024 * 1024, integer: true };

/** Larger files would need more chunk records than a store should list; also far beyond what a browser can hold. */
const SIZE_RANGE = { min: 1, max: 2 ** 40, integer: true };

/** A context that no model of this kind has; keeps a hostile number from reaching an allocation. */
const CONTEXT_RANGE = { min: 1, max: 2 ** 24, integer: true };

/** Far above any real network; keeps products of two of them exact. */
const DIMENSION_RANGE = { min: 1, max: 2 ** 24, integer: true };
const DIMENSION_NAMES = [
  'layers',
  'hiddenSize',
  'ffnSize',
  'heads',
  'kvHeads',
  'headDim',
  'vocabularySize',
  'matrixBits',
] as const;

/** More models than anybody would choose from; bounds the work on a hostile file. */
const MAX_CATALOGUE_ENTRIES = 1000;

/** Strings of a manifest are names and phrases; a system prompt may be long. */
const MAX_STRING_LENGTH = 100_000;

const SHA256 = /^[0-9a-f]{64}$/;

/**
 * Checks a manifest and makes its `url` absolute.
 * @param value parsed JSON, or a record from the application
 * @param manifestUrl absolute URL that `url` is relative to; also for messages
 * @throws EngineError 'bad-file' that names the field, the observed and the expected value
 */
export function parseManifest(value: unknown, manifestUrl: string): ModelManifest {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw bad(manifestUrl, 'manifest', value, 'a JSON object');
  }
  const fields = new Fields(value, manifestUrl);
  const sizeBytes = fields.number('sizeBytes', SIZE_RANGE);
  const chunkBytes = fields.number('chunkBytes', CHUNK_BYTES_RANGE);
  return withoutUndefined({
    id: fields.string('id') ?? fields.missing('id', 'a short name'),
    name: fields.string('name') ?? fields.missing('name', 'a name'),
    description: fields.string('description'),
    url: absoluteUrl(fields.string('url') ?? fields.missing('url', 'the URL of the weights'), manifestUrl),
    sizeBytes,
    sha256: fields.hash('sha256'),
    chunkBytes,
    chunkSha256: fields.hashes('chunkSha256', sizeBytes, chunkBytes),
    architecture: fields.string('architecture') ?? fields.missing('architecture', 'a GGUF architecture'),
    license: fields.string('license') ?? fields.missing('license', 'an SPDX name or a phrase'),
    sampling: fields.sampling('sampling'),
    contextLength: fields.number('contextLength', CONTEXT_RANGE),
    systemPrompt: fields.string('systemPrompt'),
    homepage: fields.string('homepage'),
    memoryBytes: fields.number('memoryBytes', SIZE_RANGE),
    dimensions: fields.dimensions('dimensions'),
  });
}

/**
 * Checks a catalogue of models and makes the URLs of its manifests absolute.
 * @param value parsed JSON: `{ "models": [...] }`
 * @param catalogueUrl absolute URL that the manifests are relative to; also for messages
 * @throws EngineError 'bad-file' that names the field, the observed and the expected value
 */
export function parseCatalogue(value: unknown, catalogueUrl: string): CatalogueEntry[] {
  const models = typeof value === 'object' && value !== null && 'models' in value ? value.models : undefined;
  if (!Array.isArray(models)) throw bad(catalogueUrl, 'models', models, 'an array');
  if (models.length > MAX_CATALOGUE_ENTRIES) {
    throw bad(catalogueUrl, 'models', models.length, `at most ${MAX_CATALOGUE_ENTRIES} entries`);
  }
  return models.map((entry: unknown, index): CatalogueEntry => {
    if (typeof entry !== 'object' || entry === null) {
      throw bad(catalogueUrl, `models[${index}]`, entry, 'a JSON object');
    }
    const fields = new Fields(entry, catalogueUrl, `models[${index}].`);
    const required = (name: string): string => fields.string(name) ?? fields.missing(name, 'a text');
    return withoutUndefined({
      id: required('id'),
      name: required('name'),
      manifest: absoluteUrl(required('manifest'), catalogueUrl),
      sizeBytes: fields.number('sizeBytes', SIZE_RANGE),
      memoryBytes: fields.number('memoryBytes', SIZE_RANGE),
      architecture: required('architecture'),
      license: required('license'),
    });
  });
}

/**
 * Resolves a URL against a base and drops the fragment.
 * @throws EngineError 'bad-file' unless the result is http, https, or of the scheme of the base
 */
export function absoluteUrl(url: string, base: string): string {
  const resolved = parseUrl(url, base);
  const scheme = resolved?.protocol ?? 'none';
  const baseScheme = parseUrl(base)?.protocol;
  // A base without authority (data:, blob:) lends its scheme to nobody: its contents name no server.
  const sameAsBase = scheme === baseScheme && !['data:', 'blob:', 'javascript:'].includes(scheme);
  if (resolved === null || !(scheme === 'http:' || scheme === 'https:' || sameAsBase)) {
    throw bad(base, 'url', url, 'an http or https URL, or a path relative to the manifest');
  }
  resolved.hash = '';
  return resolved.href;
}

function parseUrl(url: string, base?: string): URL | null {
  try {
    return new URL(url, base);
  } catch {
    return null;
  }
}

/** Reads the fields of one object; each method answers undefined for an absent field. */
class Fields {
  readonly #record: Readonly<Record<string, unknown>>;
  readonly #manifestUrl: string;
  readonly #prefix: string;

  constructor(record: object, manifestUrl: string, prefix = '') {
    this.#record = record as Readonly<Record<string, unknown>>;
    this.#manifestUrl = manifestUrl;
    this.#prefix = prefix;
  }

  string(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value !== '' && value.length <= MAX_STRING_LENGTH) return value;
    throw this.#bad(name, `a string of 1 to ${MAX_STRING_LENGTH} characters`);
  }

  number(name: string, range: NumberRange): number | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (isInRange(value, range)) return value;
    throw this.#bad(name, describeRange(range));
  }

  hash(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && SHA256.test(value)) return value;
    throw this.#bad(name, '64 lower-case hex digits');
  }

  hashes(name: string, sizeBytes: number | undefined, chunkBytes: number | undefined): string[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (chunkBytes === undefined) throw this.#bad(name, 'chunkBytes beside it');
    if (sizeBytes === undefined) throw this.#bad(name, 'sizeBytes beside it');
    const count = chunkCount(sizeBytes, chunkBytes);
    if (!Array.isArray(value) || value.length !== count) throw this.#bad(name, `an array of ${count} hashes`);
    if (!value.every((hash) => typeof hash === 'string' && SHA256.test(hash))) {
      throw this.#bad(name, 'hashes of 64 lower-case hex digits');
    }
    return [...value];
  }

  sampling(name: string): SamplingOptions | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || value === null) throw this.#bad(name, 'an object');
    const fields = new Fields(value, this.#manifestUrl, `${name}.`);
    const entries = Object.entries(SAMPLING_RANGES).map(([key, range]) => [key, fields.number(key, range)]);
    return withoutUndefined(Object.fromEntries(entries));
  }

  boolean(name: string): boolean | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.#bad(name, 'true or false');
  }

  dimensions(name: string): ModelDimensions | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || value === null) throw this.#bad(name, 'an object');
    const fields = new Fields(value, this.#manifestUrl, `${name}.`);
    const size = (key: string): number =>
      fields.number(key, DIMENSION_RANGE) ?? fields.missing(key, describeRange(DIMENSION_RANGE));
    const [layers, hiddenSize, ffnSize, heads, kvHeads, headDim, vocabularySize, matrixBits] =
      DIMENSION_NAMES.map(size);
    return withoutUndefined({
      layers,
      hiddenSize,
      ffnSize,
      heads,
      kvHeads,
      headDim,
      vocabularySize,
      matrixBits,
      tiedHead: fields.boolean('tiedHead') ?? fields.missing('tiedHead', 'true or false'),
      scaleGroup: fields.number('scaleGroup', DIMENSION_RANGE),
      minima: fields.boolean('minima'),
      tableBits: fields.number('tableBits', DIMENSION_RANGE),
      tableScaleGroup: fields.number('tableScaleGroup', DIMENSION_RANGE),
      weightsBytes: fields.number('weightsBytes', SIZE_RANGE),
      subNorms: fields.boolean('subNorms'),
      headNorms: fields.boolean('headNorms'),
      rotatesInputs: fields.boolean('rotatesInputs'),
      outlierChannels: fields.number('outlierChannels', DIMENSION_RANGE),
    });
  }

  missing(name: string, expected: string): never {
    throw this.#bad(name, expected);
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#record, name) ? this.#record[name] : undefined;
  }

  #bad(name: string, expected: string): EngineError {
    return bad(this.#manifestUrl, this.#prefix + name, this.#get(name), expected);
  }
}

function bad(manifestUrl: string, field: string, observed: unknown, expected: string): EngineError {
  const shown =
    observed === undefined ? 'nothing' : (JSON.stringify(observed) ?? typeof observed).slice(0, 80);
  return new EngineError(
    'bad-file',
    `Field ${field} of the manifest ${manifestUrl} is ${shown}; expected ${expected}. Correct the manifest.`,
    { details: { file: manifestUrl, field, observed: shown, expected } },
  );
}

function withoutUndefined<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}
