// A local web server for one file with the faults that real servers have. For tests of the model store.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the server behaves; may be changed between requests. */
export interface ServerBehaviour {
  bytes: Uint8Array;
  etag: string | null;
  /** `ignore`: status 200 with the whole file, whatever is asked. */
  ranges: 'serve' | 'ignore';
  /** Send no Content-Length with whole files. */
  hideLength: boolean;
  /** Send no Content-Range, as CORS without Access-Control-Expose-Headers looks to the page. */
  hideContentRange: boolean;
  /** Answers for the next requests, first one first: a status, or 'cut' (half the body, then a broken connection). */
  faults: (number | 'cut')[];
  /** Milliseconds before the body is sent. */
  delayMs: number;
}

/** A running server and what it was asked. */
export interface RangeServer {
  readonly url: string;
  readonly behaviour: ServerBehaviour;
  /** The Range header of each request, in order; '' without. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Starts a server on a free local port; the caller closes it. */
export async function startRangeServer(bytes: Uint8Array): Promise<RangeServer> {
  const behaviour: ServerBehaviour = {
    bytes,
    etag: '"v1"',
    ranges: 'serve',
    hideLength: false,
    hideContentRange: false,
    faults: [],
    delayMs: 0,
  };
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.headers.range ?? '');
    answer(behaviour, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/model.gguf`,
    behaviour,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function answer(behaviour: ServerBehaviour, request: IncomingMessage, response: ServerResponse) {
  const fault = behaviour.faults.shift();
  if (typeof fault === 'number') return void response.writeHead(fault).end('fault');
  if (behaviour.etag !== null) response.setHeader('ETag', behaviour.etag);
  if (behaviour.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, behaviour.delayMs));
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const body = range && behaviour.ranges === 'serve' ? slice(behaviour, response, range) : behaviour.bytes;
  if (body === null) return void response.writeHead(416).end();
  if (response.statusCode === 206 || !behaviour.hideLength)
    response.setHeader('Content-Length', body.byteLength);
  else response.flushHeaders();
  if (fault !== 'cut') return void response.end(body);
  response.write(body.subarray(0, body.byteLength >> 1), () => response.destroy());
}

function slice(
  behaviour: ServerBehaviour,
  response: ServerResponse,
  range: RegExpExecArray,
): Uint8Array | null {
  const total = behaviour.bytes.byteLength;
  const first = Number(range[1]);
  const last = Math.min(Number(range[2]), total - 1);
  if (first >= total) return null;
  response.statusCode = 206;
  if (!behaviour.hideContentRange) response.setHeader('Content-Range', `bytes ${first}-${last}/${total}`);
  return behaviour.bytes.subarray(first, last + 1);
}
