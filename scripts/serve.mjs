// Serves the built page on this computer: `npm start`. No dependencies. Ranges, MIME types, strict headers.
//   node scripts/serve.mjs [folder] [--port 4173]
// A folder other than the default may do without a Content-Security-Policy: the examples have none.
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, extname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HOST = '127.0.0.1';
const MAX_PORT_TRIES = 20;

const MIME_TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.gguf': 'application/octet-stream',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: process.env.PORT ?? '4173' } },
});
const root = resolve(positionals[0] ?? join(dirname(fileURLToPath(import.meta.url)), '..', 'dist-page'));
const firstPort = Number(values.port);
if (!Number.isInteger(firstPort) || firstPort < 0 || firstPort > 65_535) {
  fail(`--port is ${values.port}; expected a whole number from 0 to 65535.`);
}
const policy = readPolicy(
  await readFile(join(root, 'index.html'), 'utf8').catch(() => null),
  !positionals[0],
);

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
});
server.once('listening', () => {
  // localhost, not 127.0.0.1: people know it, and it is the origin that their stored model belongs to.
  console.log(`Sterna: http://localhost:${server.address().port}/  (Ctrl+C ends it)`);
});
listen(firstPort, MAX_PORT_TRIES);

/** Takes the policy from the built page, so that header and page never differ. */
function readPolicy(html, isRequired) {
  if (html === null && !isRequired) return null;
  if (html === null) fail(`There is no page in ${root}. Build it first: npm run build:page`);
  const found = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html);
  if (!found && !isRequired) return null;
  if (!found)
    fail(`${join(root, 'index.html')} has no Content-Security-Policy. Build it again: npm run build:page`);
  // frame-ancestors has no effect in a page, only in a header.
  return `${found[1].replaceAll('&#39;', "'")}; frame-ancestors 'none'`;
}

function listen(port, triesLeft) {
  server.once('error', (error) => {
    if (error.code !== 'EADDRINUSE' || triesLeft === 0) fail(`Port ${port} cannot be used: ${error.message}`);
    listen(port + 1, triesLeft - 1);
  });
  server.listen(port, HOST);
}

async function answer(request, response) {
  for (const [name, value] of Object.entries(commonHeaders())) response.setHeader(name, value);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const file = await findFile(request.url ?? '/');
  if (file === null) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Not found.\n');
    return;
  }
  sendFile(request, response, file);
}

function commonHeaders() {
  return {
    ...(policy === null ? {} : { 'Content-Security-Policy': policy }),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    // With the opener policy: isolated from other origins, so that the CPU backend may have threads.
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Accept-Ranges': 'bytes',
  };
}

/** The file of a request path, or null when there is none below the root. */
async function findFile(url) {
  let path;
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return null;
  }
  // Hidden files and folders (.git) are nobody's business, also on this computer.
  if (path.includes('\0') || path.split('/').some((part) => part.startsWith('.'))) return null;
  const full = resolve(root, `.${path.endsWith('/') ? `${path}index.html` : path}`);
  if (!full.startsWith(root + sep)) return null;
  const found = await stat(full).catch(() => null);
  return found?.isFile() ? { path: full, size: found.size, modifiedMs: found.mtimeMs } : null;
}

function sendFile(request, response, file) {
  const etag = `"${file.size.toString(36)}-${Math.trunc(file.modifiedMs).toString(36)}"`;
  const isHashed = file.path.startsWith(join(root, 'assets') + sep);
  response.setHeader('Content-Type', MIME_TYPES[extname(file.path)] ?? 'application/octet-stream');
  response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  response.setHeader('ETag', etag);
  response.setHeader('Last-Modified', new Date(file.modifiedMs).toUTCString());
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return;
  }
  const ifRange = request.headers['if-range'];
  const isRangeWanted = request.headers.range !== undefined && (ifRange === undefined || ifRange === etag);
  const range = isRangeWanted ? parseRange(request.headers.range, file.size) : null;
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${file.size}` }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: file.size - 1 };
  response.setHeader('Content-Length', end - start + 1);
  if (range) response.setHeader('Content-Range', `bytes ${start}-${end}/${file.size}`);
  response.writeHead(range ? 206 : 200);
  if (request.method === 'HEAD' || file.size === 0) {
    response.end();
    return;
  }
  const stream = createReadStream(file.path, { start, end });
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}

/**
 * One byte range of a Range header (RFC 9110, section 14.1.2). Several ranges, or another unit, are answered
 * with the whole file, as the standard allows: null.
 */
function parseRange(header, size) {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (!found || (found[1] === '' && found[2] === '')) return null;
  if (found[1] === '') {
    const length = Math.min(Number(found[2]), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(found[1]);
  const end = found[2] === '' ? size - 1 : Math.min(Number(found[2]), size - 1);
  if (start >= size) return 'unsatisfiable';
  return end < start ? null : { start, end };
}

function fail(message) {
  console.error(`serve: ${message}`);
  process.exit(1);
}
