// The page's Trusted Types policies. The built page runs under `require-trusted-types-for 'script'`, so that a
// string can reach neither innerHTML nor a script URL. Two policies are allowed: `dompurify`, which DOMPurify
// makes for parsing what it sanitises, and `default`, made here, for the URLs of our own workers.

interface TrustedTypesFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown;
}

/**
 * Allows the worker and the service worker, which are started by a plain URL, when it is of this origin;
 * any other script URL and every HTML string is refused. Does nothing in browsers without Trusted Types.
 * Call it once, before the first worker starts.
 */
export function installTrustedTypes(): void {
  const factory = (globalThis as { trustedTypes?: TrustedTypesFactory }).trustedTypes;
  factory?.createPolicy('default', { createScriptURL: requireOwnOrigin });
}

function requireOwnOrigin(url: string): string {
  const resolved = new URL(url, document.baseURI);
  if (resolved.origin !== location.origin) {
    throw new TypeError(
      `A script of ${resolved.origin} was refused; the page runs scripts of ${location.origin} only.`,
    );
  }
  return url;
}
