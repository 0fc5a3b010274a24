// Counts the frames of an animated page while long prompts are prefilled, through the built package. Driven by run.ts.
// ?model=URL or ?synthetic=ID, &layers=N, &tokens=2048, &repeats=3, &modes=friendly,fast
import { createEngine } from '../../dist/index.js';

const query = new URLSearchParams(location.search);
const synthetic = query.get('synthetic');
const tokens = Number(query.get('tokens') ?? 2048);
const repeats = Number(query.get('repeats') ?? 3);
const modes = (query.get('modes') ?? 'friendly,fast').split(',');
const IDLE_MS = 2000;

function modelOf() {
  if (synthetic === null)
    return new URL(query.get('model') ?? '../../models/sterna-chat/manifest.json', location.href).href;
  const layers = query.get('layers');
  return layers === null ? { synthetic } : { synthetic, layers: Number(layers) };
}

// A scene that the compositor must draw anew in each frame.
const canvas = document.getElementById('scene');
const scene = canvas.getContext('2d');
let recording = null;
let lastMs = null;

function draw(nowMs) {
  if (recording !== null && lastMs !== null) recording.push(nowMs - lastMs);
  lastMs = recording === null ? null : nowMs;
  scene.clearRect(0, 0, canvas.width, canvas.height);
  for (let index = 0; index < 60; index++) {
    const angle = nowMs / 700 + index / 9;
    scene.fillStyle = `hsl(${index * 6} 70% 50%)`;
    scene.fillRect(600 + 480 * Math.cos(angle), 320 + 280 * Math.sin(angle * 1.3), 60, 60);
  }
  requestAnimationFrame(draw);
}
requestAnimationFrame(draw);

const record = () => {
  recording = [];
  lastMs = null;
  return recording;
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function idleFrames() {
  const frames = record();
  await pause(IDLE_MS);
  recording = null;
  return frames;
}

/** Frames from the beginning of the prefill test to its end; the warm-up of the benchmark does not count. */
async function prefillFrames(mode) {
  const engine = await createEngine({ model: modelOf(), contextLength: tokens + 64, prefill: mode });
  try {
    let frames = [];
    const report = await engine.benchmark({
      tests: [`pp${tokens}`],
      repeats,
      kernels: false,
      onProgress({ stage, label }) {
        if (stage === 'test' && label.startsWith('pp')) frames = record();
        else recording = null;
      },
    });
    if (report.tests.length === 0)
      throw new Error(`pp${tokens} does not fit the model's context; take fewer --tokens`);
    const info = { adapter: engine.info.adapter, model: engine.info.id, layers: engine.info.layers };
    return { mode, frames, tokensPerSecond: report.tests[0].tokensPerSecond, ...info };
  } finally {
    recording = null;
    await engine.dispose();
  }
}

const report = document.getElementById('report');
try {
  await pause(500);
  const idle = await idleFrames();
  const runs = [];
  for (const mode of modes) runs.push(await prefillFrames(mode));
  report.textContent = JSON.stringify({ ok: true, idle, runs, userAgent: navigator.userAgent });
} catch (error) {
  report.textContent = JSON.stringify({ ok: false, error: `${error.name}: ${error.message}` });
}
