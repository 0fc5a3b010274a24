import { afterEach, describe, expect, it } from 'vitest';
import { type RangeServer, startRangeServer } from '../../test/support/range-server.ts';
import { MemoryChunkStore } from '../store/memory-chunk-store.ts';
import { ModelShards, type ShardProgress } from './model-shards.ts';

const FIRST = Uint8Array.from({ length: 3000 }, (_, i) => i & 255);
const SECOND = Uint8Array.from({ length: 2000 }, (_, i) => (i * 3) & 255);
const servers: RangeServer[] = [];
const opened: ModelShards[] = [];

afterEach(async () => {
  for (const shards of opened.splice(0)) shards.dispose();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(bytes: Uint8Array): Promise<string> {
  const server = await startRangeServer(bytes);
  servers.push(server);
  return server.url;
}

function createShards(reports: ShardProgress[], store: MemoryChunkStore | null = null): ModelShards {
  const shards = new ModelShards({ baseUrl: 'http://localhost/', store }, (report) => reports.push(report));
  opened.push(shards);
  return shards;
}

describe('ModelShards', () => {
  it('reports the bytes of all files together, and keeps each under its own key', async () => {
    const [first, second] = [await serve(FIRST), await serve(SECOND)];
    const reports: ShardProgress[] = [];
    const shards = createShards(reports, new MemoryChunkStore());
    const { source } = await shards.open(first);
    const openShard = shards.openShard(first);
    const other = await openShard?.(second);
    expect(await source.read(0, FIRST.length)).toEqual(FIRST);
    expect(await other?.read(500, 100)).toEqual(SECOND.subarray(500, 600));
    expect(reports.at(-1)?.totalBytes).toBe(5000);
    expect(reports.at(-1)?.count.loadedBytes).toBe(5000);
    expect(shards.keys).toEqual([first, second]);
  });

  it('cannot open files beside one that was picked', async () => {
    const shards = createShards([]);
    const file = new Blob([FIRST]);
    const { source } = await shards.open(file);
    expect(source.sizeBytes).toBe(FIRST.length);
    expect(shards.openShard(file)).toBeUndefined();
    expect(shards.keys).toEqual([]);
  });

  it('passes on the error of a file that is not there', async () => {
    const first = await serve(FIRST);
    const shards = createShards([]);
    await shards.open(first);
    const missing = await startRangeServer(SECOND);
    missing.behaviour.faults = [404];
    servers.push(missing);
    await expect(shards.openShard(first)?.(missing.url)).rejects.toMatchObject({ code: 'network' });
  });
});
