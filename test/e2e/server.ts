// A local web server for tests: static files with ranges, and the troubles of a network on demand (slow, cut, counted, damaged).
import { open, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';

/** One answered request. */
export interface ServedRequest {
  /** URL path without query. */
  readonly path: string;
  /** The Range header, or null for the whole file. */
  readonly range: string | null;
  readonly status: number;
  /** Body bytes handed to the socket; fewer than asked for when the connection was cut. */
  sentBytes: number;
}

/** Options of startServer. */
export interface ServerOptions {
  /** Folders by URL prefix (`/` and for example `/models/`); the longest prefix wins. */
  readonly folders: Readonly<Record<string, string>>;
  /** Headers of every answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A running server on a free local port. */
export interface TestServer {
  /** `http://127.0.0.1:PORT/`. */
  readonly url: string;
  /** Every request since the start or the last clear. */
  readonly requests: readonly ServedRequest[];
  clearRequests(): void;
  /** Slows answers whose path matches down to this many bytes per second in all; null for full speed. */
  throttle(pattern: RegExp, bytesPerSecond: number | null): void;
  /** Serves these bytes at a path instead of a file. */
  substitute(urlPath: string, bytes: Uint8Array): void;
  /** Closes the port and every connection, as a lost network would; goOnline opens the same port again. */
  goOffline(): Promise<void>;
  goOnline(): Promise<void>;
  close(): Promise<void>;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.gguf': 'application/octet-stream',
};

/** Bytes per write when throttled: small, so that a cut leaves a chunk half sent. */
const SLICE_BYTES = 16 * 1024;

interface Throttle {
  readonly pattern: RegExp;
  readonly bytesPerSecond: number;
}

/** Starts the server. */
export async function startServer({ folders, headers = {} }: ServerOptions): Promise<TestServer> {
  const requests: ServedRequest[] = [];
  const substitutes = new Map<string, Uint8Array>();
  const sockets = new Set<Socket>();
  let throttles: Throttle[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const urlPath = decodeURIComponent(new URL(request.url ?? '/', 'http://local').pathname);
    const throttle = throttles.find(({ pattern }) => pattern.test(urlPath));
    const serve = async () => {
      const source = await openSource(urlPath, folders, substitutes);
      await sendSource(request, response, { urlPath, source, headers, requests, throttle });
    };
    serve().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  };
  let server = await listen(answer, sockets, 0);
  const { port } = server.address() as AddressInfo;
  const shut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    clearRequests: () => {
      requests.length = 0;
    },
    throttle(pattern, bytesPerSecond) {
      throttles = throttles.filter((entry) => entry.pattern.source !== pattern.source);
      if (bytesPerSecond !== null) throttles.push({ pattern, bytesPerSecond });
    },
    substitute: (urlPath, bytes) => void substitutes.set(urlPath, bytes),
    goOffline: shut,
    async goOnline() {
      server = await listen(answer, sockets, port);
    },
    close: shut,
  };
}

function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  sockets: Set<Socket>,
  port: number,
): Promise<Server> {
  const server = createServer(answer);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/** Bytes to serve, read on demand; null when there is nothing at that path. */
interface Source {
  readonly sizeBytes: number;
  readonly type: string;
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

async function openSource(
  urlPath: string,
  folders: ServerOptions['folders'],
  substitutes: ReadonlyMap<string, Uint8Array>,
): Promise<Source | null> {
  const type = MEDIA_TYPES[path.extname(urlPath)] ?? (urlPath.endsWith('/') ? MEDIA_TYPES['.html'] : '');
  const bytes = substitutes.get(urlPath);
  if (bytes !== undefined) {
    return {
      sizeBytes: bytes.length,
      type,
      read: async (offset, length) => bytes.subarray(offset, offset + length),
      close: async () => undefined,
    };
  }
  const file = resolveFile(urlPath, folders);
  if (file === null) return null;
  const info = await stat(file).catch(() => null);
  if (!info?.isFile()) return null;
  const handle = await open(file);
  return {
    sizeBytes: info.size,
    type,
    async read(offset, length) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    },
    close: () => handle.close(),
  };
}

function resolveFile(urlPath: string, folders: ServerOptions['folders']): string | null {
  const prefix = Object.keys(folders)
    .filter((candidate) => urlPath.startsWith(candidate))
    .sort((a, b) => b.length - a.length)[0];
  if (prefix === undefined) return null;
  const folder = path.resolve(folders[prefix]);
  const file = path.resolve(folder, urlPath.slice(prefix.length) || 'index.html');
  return file.startsWith(folder + path.sep) ? file : null;
}

interface Sending {
  readonly urlPath: string;
  readonly source: Source | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly requests: ServedRequest[];
  readonly throttle: Throttle | undefined;
}

async function sendSource(
  request: IncomingMessage,
  response: ServerResponse,
  sending: Sending,
): Promise<void> {
  const { urlPath, source, headers, requests, throttle } = sending;
  const range = request.headers.range ?? null;
  const record = { path: urlPath, range, status: 404, sentBytes: 0 };
  requests.push(record);
  if (source === null) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found');
    return;
  }
  try {
    const span = parseRange(range, source.sizeBytes);
    const common = {
      ...headers,
      'accept-ranges': 'bytes',
      'cache-control': 'no-cache',
      'content-type': source.type,
    };
    if (span === 'unsatisfiable') {
      record.status = 416;
      response.writeHead(416, { ...common, 'content-range': `bytes */${source.sizeBytes}` }).end();
      return;
    }
    record.status = span === null ? 200 : 206;
    const { start, end } = span ?? { start: 0, end: source.sizeBytes };
    const ranged = span === null ? {} : { 'content-range': `bytes ${start}-${end - 1}/${source.sizeBytes}` };
    response.writeHead(record.status, { ...common, ...ranged, 'content-length': String(end - start) });
    if (request.method !== 'HEAD') await sendBytes(response, source, { start, end, throttle, record });
    response.end();
  } finally {
    await source.close();
  }
}

async function sendBytes(
  response: ServerResponse,
  source: Source,
  {
    start,
    end,
    throttle,
    record,
  }: { start: number; end: number; throttle?: Throttle; record: ServedRequest },
): Promise<void> {
  const stepBytes = throttle ? SLICE_BYTES : 1 << 20;
  for (let offset = start; offset < end && !response.destroyed; offset += stepBytes) {
    const bytes = await source.read(offset, Math.min(stepBytes, end - offset));
    if (!response.write(bytes)) await drained(response);
    record.sentBytes += bytes.length;
    if (throttle) await pause((bytes.length / throttle.bytesPerSecond) * 1000);
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) {
      resolve();
      return;
    }
    const settle = () => {
      response.off('drain', settle);
      response.off('close', settle);
      resolve();
    };
    response.on('drain', settle);
    response.on('close', settle);
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function parseRange(
  range: string | null,
  sizeBytes: number,
): { start: number; end: number } | null | 'unsatisfiable' {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const start = match[1] === '' ? Math.max(0, sizeBytes - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? sizeBytes : Math.min(sizeBytes, Number(match[2]) + 1);
  return start < end ? { start, end } : 'unsatisfiable';
}
