// A static server on a free port of this machine, cross-origin isolated, so that WebAssembly may use threads.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};

/** A running server. */
export interface StaticServer {
  readonly port: number;
  close(): void;
}

/** Serves folders under their URL prefixes, the longest prefix first; ranges are answered. */
export async function serveFolders(folders: Readonly<Record<string, string>>): Promise<StaticServer> {
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);
  const find = (url: string): string | null => {
    const pathname = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    const prefix = prefixes.find((each) => pathname.startsWith(each));
    if (prefix === undefined) return null;
    const root = path.resolve(folders[prefix]);
    const file = path.join(root, pathname.slice(prefix.length));
    return file.startsWith(root + path.sep) ? file : null;
  };
  const server = createServer((request, response) => {
    const file = find(request.url ?? '/');
    const stats = file === null ? undefined : statSync(file, { throwIfNoEntry: false });
    if (file === null || !stats?.isFile()) return response.writeHead(404, ISOLATION).end();
    const { size } = stats;
    const headers = {
      ...ISOLATION,
      'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream',
      'accept-ranges': 'bytes',
    };
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const start = Number(range?.[1] ?? 0);
    const end = Math.min(range?.[2] ? Number(range[2]) : size - 1, size - 1);
    const content = { 'content-length': end - start + 1 };
    if (range) {
      response.writeHead(206, { ...headers, ...content, 'content-range': `bytes ${start}-${end}/${size}` });
    } else response.writeHead(200, { ...headers, ...content });
    if (request.method === 'HEAD') return response.end();
    return createReadStream(file, { start, end }).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { port, close: () => server.close() };
}
