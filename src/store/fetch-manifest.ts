// Gets the text of a manifest: from the network, or, without network, from the store.

import { EngineError } from '../errors.ts';
import { BodyCutter } from './body-reader.ts';
import type { ChunkStore } from './chunk-store.ts';
import { type Fetch, send } from './http-ranges.ts';
import { type RetryOptions, withRetry } from './retry.ts';

/** 8 MiB: the hashes of a 128 GiB model in 1 MiB chunks. More is not a manifest. */
const MAX_MANIFEST_BYTES = 8 * 1024 * 1024;

/** Options of `fetchManifest`. */
export interface ManifestRequest {
  /** Absolute URL. */
  readonly url: string;
  readonly store: ChunkStore | null;
  readonly fetch: Fetch;
  readonly signal?: AbortSignal;
  readonly retry?: RetryOptions;
}

/**
 * Fetches a manifest, always asking the server first, so that a new version of the model is seen.
 * When the server cannot be reached or fails (5xx) and the model was loaded before, the stored text is used.
 * @returns the text, not yet parsed
 * @throws EngineError 'network', 'bad-file' when it is larger than 8 MiB; the signal's reason
 */
export async function fetchManifest(request: ManifestRequest): Promise<string> {
  const stored = await storedManifest(request);
  // With a stored copy at hand nobody should wait for retries.
  const retry = stored === null ? request.retry : { ...request.retry, tries: 1 };
  try {
    return await withRetry(() => download(request), { ...retry, signal: request.signal });
  } catch (error) {
    const status = error instanceof EngineError && error.code === 'network' ? error.details.status : 0;
    const unreachable = status === undefined || (typeof status === 'number' && status >= 500);
    if (stored !== null && unreachable) return stored;
    throw error;
  }
}

async function storedManifest({ url, store }: ManifestRequest): Promise<string | null> {
  try {
    const models = (await store?.listModels()) ?? [];
    return models.find((model) => model.manifestUrl === url)?.manifestText ?? null;
  } catch {
    // A store that fails is reported when the model itself is opened.
    return null;
  }
}

async function download({ url, fetch, signal }: ManifestRequest): Promise<string> {
  const response = await send(fetch, url, { cache: 'no-cache', signal });
  if (response.body === null) return '';
  const cutter = new BodyCutter(response.body, { url, signal });
  const bytes = await cutter.rest(MAX_MANIFEST_BYTES);
  if (bytes !== null) return new TextDecoder().decode(bytes);
  throw new EngineError(
    'bad-file',
    `The manifest ${url} is larger than ${MAX_MANIFEST_BYTES} bytes. Expected a small JSON file; check the address.`,
    { details: { file: url, limit: MAX_MANIFEST_BYTES } },
  );
}
