// From what the application names (URL, manifest, file) to bytes that can be read.

import type { ModelManifest, ModelSource } from '../api/types.ts';
import { EngineError } from '../errors.ts';
import type { ByteSource } from '../util/byte-source.ts';
import { BlobSource } from './blob-source.ts';
import type { ByteCount } from './byte-counter.ts';
import { openCachedSource } from './cached-source.ts';
import type { ChunkStore } from './chunk-store.ts';
import { fetchManifest } from './fetch-manifest.ts';
import type { Fetch } from './http-ranges.ts';
import { absoluteUrl, parseManifest } from './manifest.ts';
import type { RetryOptions } from './retry.ts';

/** Options of `resolveModel`. */
export interface ResolveOptions {
  /** Absolute URL that relative model URLs are resolved against: the page's. */
  readonly baseUrl: string;
  /** Null: read and write no store. */
  readonly store: ChunkStore | null;
  /** Ends every request and read, also later ones. */
  readonly signal?: AbortSignal;
  /** Called on every piece that is read: throttle it (see progress.ts). */
  readonly onBytes?: (count: ByteCount) => void;
  /** Called at most once, when the store fails; the load goes on without it. */
  readonly onStorageWarning?: (error: EngineError) => void;
  /** Default `globalThis.fetch`. */
  readonly fetch?: Fetch;
  readonly retry?: RetryOptions;
}

/** A model whose bytes can be read. Whoever asked for it calls `dispose` when the weights are loaded. */
export interface ResolvedModel {
  readonly source: ByteSource;
  /** With an absolute `url`; null when the model was named by a GGUF URL or a file. */
  readonly manifest: ModelManifest | null;
  /** Key in the store; null when it is not stored (file, or no store). */
  readonly key: string | null;
  /** Ends pending requests and frees the chunks in memory; what is stored stays. */
  dispose(): void;
}

/**
 * Opens a model. A URL whose path ends in `.json` is a manifest, in `.gguf` the weights themselves.
 * @throws EngineError 'bad-argument' for other URLs and kinds, 'bad-file' for a faulty manifest, 'network', 'integrity';
 *   the signal's reason
 */
export async function resolveModel(model: ModelSource, options: ResolveOptions): Promise<ResolvedModel> {
  options.signal?.throwIfAborted();
  if (model instanceof Blob) {
    const source = new BlobSource(model, options.onBytes);
    return { source, manifest: null, key: null, dispose: () => {} };
  }
  if (typeof model !== 'string') {
    const manifest = parseManifest(model, options.baseUrl);
    return await openWeights(manifest.url, manifest, undefined, options);
  }
  const url = modelUrl(model, options.baseUrl);
  const path = new URL(url).pathname.toLowerCase();
  if (path.endsWith('.gguf')) return await openWeights(url, null, undefined, options);
  if (!path.endsWith('.json')) throw unknownKind(model);
  const text = await fetchManifest({ ...options, url, fetch: options.fetch ?? defaultFetch });
  const manifest = parseManifest(parseJson(text, url), url);
  return await openWeights(manifest.url, manifest, { url, text }, options);
}

async function openWeights(
  url: string,
  manifest: ModelManifest | null,
  origin: { readonly url: string; readonly text: string } | undefined,
  options: ResolveOptions,
): Promise<ResolvedModel> {
  const source = await openCachedSource({
    url,
    store: options.store,
    manifest: origin,
    expected: manifest
      ? {
          sizeBytes: manifest.sizeBytes ?? null,
          sha256: manifest.sha256 ?? null,
          chunkBytes: manifest.chunkBytes ?? null,
          chunkSha256: manifest.chunkSha256 ?? null,
        }
      : undefined,
    signal: options.signal,
    onBytes: options.onBytes,
    onStorageWarning: options.onStorageWarning,
    fetch: options.fetch,
    retry: options.retry,
  });
  return { source, manifest, key: options.store === null ? null : url, dispose: () => source.dispose() };
}

const defaultFetch: Fetch = (url, init) => globalThis.fetch(url, init);

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EngineError(
      'bad-file',
      `The manifest ${url} is not JSON: it starts with ${JSON.stringify(text.slice(0, 40))}. ` +
        'Check the address; servers often answer a missing file with an HTML page.',
      { details: { file: url }, cause },
    );
  }
}

function modelUrl(model: string, baseUrl: string): string {
  try {
    return absoluteUrl(model, baseUrl);
  } catch (cause) {
    const message = `The model address ${JSON.stringify(model)} is not an http or https URL. Pass a URL or a file.`;
    throw new EngineError('bad-argument', message, { details: { model }, cause });
  }
}

function unknownKind(model: string): EngineError {
  return new EngineError(
    'bad-argument',
    `The model address ${JSON.stringify(model)} ends neither in .json nor in .gguf. ` +
      'Expected the URL of a manifest or of a GGUF file.',
    { details: { model } },
  );
}
