// Reads a catalogue of models: the small file that a model picker lists.

import { EngineError } from '../errors.ts';
import { fetchManifest } from '../store/fetch-manifest.ts';
import { absoluteUrl, parseCatalogue } from '../store/manifest.ts';
import { defaultBaseUrl } from './base-url.ts';
import type { CatalogueEntry } from './types.ts';
import { badArgument, checkText } from './validate.ts';

/** Options of `loadCatalogue`. */
export interface CatalogueOptions {
  /** Ends the request; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
  /** What a relative `url` is relative to. Default: the document's base URL. */
  readonly baseUrl?: string;
}

/**
 * Fetches and checks a catalogue: `{ "models": [{ "id", "name", "manifest", "architecture", "license", ... }] }`.
 * @param url of the catalogue, for example `models/index.json`
 * @returns its entries in their order; `manifest` is absolute and can be passed to `createEngine` as model
 * @throws EngineError 'network'; 'bad-file' that names the field; 'bad-argument'; the signal's reason
 */
export async function loadCatalogue(url: string, options: CatalogueOptions = {}): Promise<CatalogueEntry[]> {
  const address = resolve(checkText('url', url), options.baseUrl ?? defaultBaseUrl());
  const text = await fetchManifest({
    url: address,
    store: null,
    fetch: (input, init) => globalThis.fetch(input, init),
    signal: options.signal,
  });
  return parseCatalogue(parseJson(text, address), address);
}

function resolve(url: string, baseUrl: string): string {
  try {
    return absoluteUrl(url, baseUrl);
  } catch {
    throw badArgument('url', url, 'an http or https URL, or a path relative to the page');
  }
}

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EngineError(
      'bad-file',
      `The catalogue ${url} is not JSON: it starts with ${JSON.stringify(text.slice(0, 40))}. Check the address.`,
      { details: { file: url }, cause },
    );
  }
}
