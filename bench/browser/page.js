// Measures the default model through the built package, as an application would use it. Driven by run.ts.
// ?model=URL&repeats=5&tokens=64, or ?tests=pp512,tg128&depths=0,1024&synthetic=ID&arithmetic=block&subgroupMatrix: the
// engine's own benchmark, or ?loads=3: one load over the network, then so many from the store, nothing else.
import { createEngine } from '../../dist/index.js';

const query = new URLSearchParams(location.search);
const model = query.get('model') ?? '../../models/sterna-chat/manifest.json';
const repeats = Number(query.get('repeats') ?? 5);
const maxTokens = Number(query.get('tokens') ?? 64);
// What computes: ?backend=webgpu, wasm or auto (the default), &threads=N.
const place = {
  ...(query.has('backend') && { backend: query.get('backend') }),
  ...(query.has('threads') && { threads: Number(query.get('threads')) }),
};

// A long answer, so that decode runs to maxTokens: greedy stories do.
const PROMPT = 'Once upon a time there was a small bird who lived by the sea and ';
const LONG_PROMPT = PROMPT.repeat(8);

async function measure() {
  const loadStartMs = performance.now();
  const engine = await createEngine({ model, ...place });
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
  const info = await engine.load(model, place);
  const reloadMs = performance.now() - reloadStartMs;
  engine.dispose();
  return { loadMs, reloadMs, info, decode, prefill, userAgent: navigator.userAgent };
}

async function measureLoads(count) {
  const startMs = performance.now();
  const engine = await createEngine({ model, ...place });
  const firstMs = performance.now() - startMs;
  const { info } = engine;
  const stored = [];
  for (let index = 0; index < count; index++) {
    const loadStartMs = performance.now();
    await engine.load(model, place);
    stored.push(performance.now() - loadStartMs);
  }
  engine.dispose();
  return { loads: { firstMs, storedMs: stored, info } };
}

async function benchmark(tests) {
  const synthetic = query.get('synthetic');
  const arithmetic = query.get('arithmetic') ?? 'exact';
  const subject = synthetic === null ? model : { synthetic };
  const depths = (query.get('depths') ?? '0').split(',').map(Number);
  const contextLength = synthetic === null ? undefined : 2048;
  const engine = await createEngine({
    model: subject,
    arithmetic,
    contextLength,
    prefill: 'fast',
    autotune: 'off',
    subgroupMatrix: query.has('subgroupMatrix'),
    ...place,
  });
  const benchmarkReport = await engine.benchmark({ tests: tests.split(','), depths, repeats });
  engine.dispose();
  return { benchmark: benchmarkReport };
}

const report = document.getElementById('report');
const tests = query.get('tests');
try {
  const loads = Number(query.get('loads') ?? 0);
  const result =
    loads > 0 ? await measureLoads(loads) : tests === null ? await measure() : await benchmark(tests);
  report.textContent = JSON.stringify({ ok: true, ...result });
} catch (error) {
  report.textContent = JSON.stringify({ ok: false, error: `${error.name}: ${error.message}` });
}
