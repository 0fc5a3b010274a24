// One HTTP request for a range of bytes, with every check on the answer (RFC 9110, section 14).
// No If-Range header: it is not CORS-safelisted, so it would need a preflight that many CDNs refuse, and its answer for
// a changed file looks like that of a server without ranges. Instead the validators of every answer are compared.

import { EngineError } from '../errors.ts';
import { readExactly } from './body-reader.ts';
import { TransientFailure } from './retry.ts';

/** The function that performs requests; `globalThis.fetch` unless a test or a host replaces it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What tells one version of a file from another; null when the server (or CORS) does not show it. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** The answer to a range request. */
export type RangeReply =
  /** The server sent the range. `totalBytes` is the size of the file, null when CORS hides it. */
  | {
      readonly kind: 'range';
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly totalBytes: number | null;
      readonly validators: Validators;
    }
  /** The server ignores ranges: the whole file follows in `body`, which the caller reads or cancels. */
  | {
      readonly kind: 'whole';
      readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
      readonly totalBytes: number | null;
      readonly validators: Validators;
    };

/** Everything of one request. */
export interface RangeRequest {
  readonly url: string;
  readonly offsetBytes: number;
  /** At least 1. The answer is shorter only when the file ends before. */
  readonly lengthBytes: number;
  readonly fetch: Fetch;
  readonly signal?: AbortSignal;
  /** Called with the bytes of this range received so far, from 0 at the start of the request. */
  readonly onReceived?: (receivedBytes: number) => void;
}

/**
 * Requests a range of a file once.
 * @throws TransientFailure (network, 408, 429, 5xx, short body) around an EngineError 'network';
 *   EngineError 'network' for every other answer; the signal's reason when it aborts
 */
export async function requestRange(request: RangeRequest): Promise<RangeReply> {
  const { url, offsetBytes, lengthBytes, signal } = request;
  request.onReceived?.(0);
  const range = `bytes=${offsetBytes}-${offsetBytes + lengthBytes - 1}`;
  const response = await send(request.fetch, url, { headers: { Range: range }, signal });
  const validators = validatorsOf(response);
  if (response.status !== 206) return wholeFile(response, url, validators);
  const expected = expectedLength(response, request);
  const bytes = await readExactly(requireBody(response, url), expected.lengthBytes, {
    url,
    signal,
    onReceived: request.onReceived,
  });
  return { kind: 'range', bytes, totalBytes: expected.totalBytes, validators };
}

/**
 * Requests a whole file once, to be read as a stream.
 * @throws as `requestRange`
 */
export async function requestWhole(fetch: Fetch, url: string, signal?: AbortSignal) {
  const response = await send(fetch, url, { signal });
  return wholeFile(response, url, validatorsOf(response));
}

/**
 * Sends a request and accepts any status below 400.
 * `no-store` keeps gigabytes out of the HTTP cache, since they go to the model store.
 * @throws as `requestRange`
 */
export async function send(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { cache: 'no-store', ...init });
  } catch (cause) {
    init.signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TransientFailure(
      new EngineError(
        'network',
        `Request of ${url} failed: ${reason.replace(/\.$/, '')}. ` +
          'Check the connection, and that the server allows this page (CORS).',
        { details: { url }, cause },
      ),
    );
  }
  if (response.ok) return response;
  await response.body?.cancel().catch(() => {});
  throw statusError(response, url);
}

function statusError(response: Response, url: string): EngineError | TransientFailure {
  const { status } = response;
  const advice =
    status === 404
      ? 'Check the address of the model.'
      : status === 416
        ? 'The file on the server is shorter than expected; check the size in the manifest.'
        : status >= 500 || status === 429
          ? 'The server is overloaded or failing; try again later.'
          : 'Check the address and the access rights.';
  const error = new EngineError(
    'network',
    `The server answered ${status} for ${url}; expected 206. ${advice}`,
    {
      details: { url, status },
    },
  );
  const transient = status >= 500 || status === 408 || status === 429;
  return transient ? new TransientFailure(error, retryAfterMs(response)) : error;
}

/** Retry-After in seconds form; the date form and nonsense count as absent. */
function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

function validatorsOf(response: Response): Validators {
  return { etag: response.headers.get('etag'), lastModified: response.headers.get('last-modified') };
}

function wholeFile(response: Response, url: string, validators: Validators) {
  const encoding = response.headers.get('content-encoding') ?? 'identity';
  const length = response.headers.get('content-length');
  // With a content coding, Content-Length counts the coded bytes.
  const totalBytes = encoding === 'identity' && length !== null ? parseCount(length) : null;
  return { kind: 'whole' as const, body: requireBody(response, url), totalBytes, validators };
}

function requireBody(response: Response, url: string): ReadableStream<Uint8Array<ArrayBuffer>> {
  if (response.body) return response.body;
  throw new EngineError('network', `The answer for ${url} has no body; expected the bytes of the model.`, {
    details: { url, status: response.status },
  });
}

/** Checks Content-Range against the request and says how many bytes must follow. */
function expectedLength(response: Response, request: RangeRequest) {
  const header = response.headers.get('content-range');
  if (header === null) return { lengthBytes: request.lengthBytes, totalBytes: null };
  const parts = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header.trim());
  const first = parts ? parseCount(parts[1]) : null;
  const last = parts ? parseCount(parts[2]) : null;
  const totalBytes = parts && parts[3] !== '*' ? parseCount(parts[3]) : null;
  const wanted = Math.min(request.lengthBytes, (totalBytes ?? Infinity) - request.offsetBytes);
  if (first !== request.offsetBytes || last === null || last - first + 1 !== wanted) {
    response.body?.cancel().catch(() => {});
    throw new EngineError(
      'network',
      `The server answered with Content-Range "${header}" for ${request.url}; ` +
        `expected ${wanted} bytes from ${request.offsetBytes}. The server does not serve ranges correctly.`,
      { details: { url: request.url, status: 206, contentRange: header, offset: request.offsetBytes } },
    );
  }
  return { lengthBytes: wanted, totalBytes };
}

function parseCount(digits: string): number | null {
  const count = /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
  return Number.isSafeInteger(count) ? count : null;
}
