// Measures the default model through the built package, as an application would use it. Driven by run.ts.
// ?model=URL&repeats=5&tokens=64
import { createEngine } from '../../dist/index.js';

const query = new URLSearchParams(location.search);
const model = query.get('model') ?? '../../models/sterna-chat/manifest.json';
const repeats = Number(query.get('repeats') ?? 5);
const maxTokens = Number(query.get('tokens') ?? 64);

// A long answer, so that decode runs to maxTokens: greedy stories do.
const PROMPT = 'Once upon a time there was a small bird who lived by the sea and ';
const LONG_PROMPT = PROMPT.repeat(8);

async function measure() {
  const loadStartMs = performance.now();
  const engine = await createEngine({ model });
  const loadMs = performance.now() - loadStartMs;
  const run = async (prompt, tokens) => {
    const stream = engine.generate(prompt, { temperature: 0, maxTokens: tokens });
    for await (const _ of stream);
    return (await stream.result).metrics;
  };
  // Warm-up of at least half a second.
  const warmEndMs = performance.now() + 500;
  do await run(PROMPT, 16);
  while (performance.now() < warmEndMs);
  const decode = [];
  const prefill = [];
  for (let index = 0; index < repeats; index++) {
    decode.push(await run(`${PROMPT}${index}`, maxTokens));
    prefill.push(await run(`${index} ${LONG_PROMPT}`, 1));
  }
  const reloadStartMs = performance.now();
  const info = await engine.load(model);
  const reloadMs = performance.now() - reloadStartMs;
  engine.dispose();
  return { loadMs, reloadMs, info, decode, prefill, userAgent: navigator.userAgent };
}

const report = document.getElementById('report');
try {
  report.textContent = JSON.stringify({ ok: true, ...(await measure()) });
} catch (error) {
  report.textContent = JSON.stringify({ ok: false, error: `${error.name}: ${error.message}` });
}
