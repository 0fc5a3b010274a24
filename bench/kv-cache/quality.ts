// Logits of a model with each kind of KV cache beside those with f32, over the first tokens of a text:
// node scripts/run-ts.mjs bench/kv-cache/quality.ts MODEL TEXT [tokens] [kinds]   (VK_ICD_FILENAMES chooses the driver)
import { readFileSync } from 'node:fs';
import type { KvCacheKind } from '../../src/api/types.ts';
import { type OpenModel, openModel } from '../../src/cli/open-model.ts';
import { relativeL2, topTwo } from '../../test/model/judge.ts';

const CONTEXT = 1024;

async function rowsOf(path: string, kvCache: KvCacheKind, idsOf: (model: OpenModel) => number[]) {
  const model = await openModel(path, { adapter: 'default', context: CONTEXT, kvCache });
  try {
    const ids = idsOf(model);
    const rows = await model.sequence.logits(ids, { all: true });
    return { ids, rows, cacheBytes: model.loaded.pool.memory().kvCacheBytes };
  } finally {
    await model.dispose();
  }
}

/** Mean cross-entropy in nats of the next token, over all positions but the last. */
function crossEntropy(rows: Float32Array, ids: readonly number[]): number {
  const vocabulary = rows.length / ids.length;
  let sum = 0;
  for (let t = 0; t + 1 < ids.length; t++) {
    const row = rows.subarray(t * vocabulary, (t + 1) * vocabulary);
    const most = row.reduce((a, b) => Math.max(a, b));
    const total = row.reduce((total, value) => total + Math.exp(value - most), 0);
    sum += Math.log(total) + most - row[ids[t + 1]];
  }
  return sum / (ids.length - 1);
}

/** Prints one line per kind: relative L2 of all logits (and of the last quarter), top-1 agreement, cross-entropy. */
export async function main([path, text, count = '200', kinds = 'f16,int8,int4']: string[]): Promise<number> {
  const content = readFileSync(text, 'utf8').slice(0, 20 * Number(count));
  const idsOf = ({ tokenizer }: OpenModel) => [...tokenizer.encode(content)].slice(0, Number(count));
  const exact = await rowsOf(path, 'f32', idsOf);
  const { ids } = exact;
  const vocabulary = exact.rows.length / ids.length;
  console.log(
    `${ids.length} tokens; f32: ${exact.cacheBytes} bytes, ${crossEntropy(exact.rows, ids).toFixed(4)} nats`,
  );
  for (const kind of kinds.split(',') as KvCacheKind[]) {
    const { rows, cacheBytes } = await rowsOf(path, kind, idsOf);
    const late = Math.floor(ids.length * 0.75) * vocabulary;
    let agree = 0;
    for (let at = 0; at < rows.length; at += vocabulary) {
      const [a, b] = [exact.rows, rows].map((all) => topTwo(all.subarray(at, at + vocabulary)).index);
      if (a === b) agree++;
    }
    const whole = relativeL2(rows, exact.rows);
    const last = relativeL2(rows.subarray(late), exact.rows.subarray(late));
    console.log(
      `${kind}: ${cacheBytes} bytes, relative L2 ${whole.toExponential(2)} (last quarter ${last.toExponential(2)}), ` +
        `top-1 ${((100 * agree) / ids.length).toFixed(1)} %, ${crossEntropy(rows, ids).toFixed(4)} nats`,
    );
  }
  return 0;
}
