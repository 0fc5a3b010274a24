// The Content-Security-Policy of the built page, as a Vite plugin. Development has none: Vite injects styles there.
import type { Plugin } from 'vite';

/** Directive by directive, with the reason for each that opens something. */
const DIRECTIVES: readonly (readonly [name: string, value: string])[] = [
  ['default-src', "'none'"],
  // wasm-unsafe-eval: the worker compiles hash-wasm's SHA-256 and the kernels for the CPU; it allows WebAssembly, not eval.
  ['script-src', "'self' 'wasm-unsafe-eval'"],
  ['style-src', "'self'"],
  ['img-src', "'self' data:"],
  // https: models may be loaded from any address that a person gives.
  ['connect-src', "'self' https:"],
  ['worker-src', "'self'"],
  ['manifest-src', "'self'"],
  ['base-uri', "'none'"],
  ['form-action', "'none'"],
  ['object-src', "'none'"],
  ['frame-src', "'none'"],
  ['require-trusted-types-for', "'script'"],
  // `dompurify` parses what it sanitises; `default` (demo/trusted-types.ts) lets workers of this origin start, and
  // `sterna-threads` (src/worker/wasm-threads.ts) the threads that the engine's worker starts from its own script.
  ['trusted-types', 'dompurify default sterna-threads'],
];

/** The policy as one line. */
export const CONTENT_SECURITY_POLICY = DIRECTIVES.map(([name, value]) => `${name} ${value}`).join('; ');

/** Puts the policy into every page of a production build, before anything that it governs. */
export function contentSecurityPolicy(): Plugin {
  return {
    name: 'sterna:content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: CONTENT_SECURITY_POLICY },
        injectTo: 'head-prepend',
      },
    ],
  };
}
