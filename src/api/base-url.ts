// What relative URLs are relative to when the application does not say.

/** @returns the document's base URL, in a worker its own URL, elsewhere (Node) one against which only absolute URLs resolve */
export function defaultBaseUrl(): string {
  if (typeof document === 'object') return document.baseURI;
  return globalThis.location?.href ?? 'about:blank';
}
