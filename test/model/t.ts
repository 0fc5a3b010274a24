import { checkSpeculation } from './speculation.ts';
export async function main() {
  const line = [49, 46, 1826, 342, 1116, 10, 50, 46, 3002, 260, 303, 342, 1720, 10];
  const t0 = performance.now();
  for (const kvCache of ['f32', 'f16', 'int8', 'int4'] as const) {
  try { console.log(kvCache, await checkSpeculation({ model: 'test/data/tiny-bitnet-b1.58-i2s.gguf', kvCache, cases: [{ prompt: [7, 8, 9, 10, 7, 8], tokens: 70, drafts: true }], parallelTokens: 20 })); } catch (e) { console.log(kvCache, e); }
  console.log(performance.now() - t0); }
  try { console.log(await checkSpeculation({ model: 'models/sterna-chat', kvCache: 'f32', cases: [{ prompt: [...line, ...line, ...line.slice(0, 3)], tokens: 14, drafts: true }, { prompt: [300, 301, 302], tokens: 6, drafts: false }], parallelTokens: 6 })); } catch (e) { console.log(e); }
  console.log(performance.now() - t0);
  return 0;
}
