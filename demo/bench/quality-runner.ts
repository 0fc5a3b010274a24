// One measurement of quality: loads the model into an engine of its own, scores the text, frees the GPU.
import {
  createEngine,
  type Engine,
  type LoadProgress,
  type ModelSource,
  type PerplexityProgress,
} from 'sterna';
import { backendFrom } from '../state/backend-choice.ts';
import type { QualityMeasurement, QualitySettings } from './quality-file.ts';

/** What to measure. */
export interface QualityRun {
  readonly model: ModelSource;
  readonly text: string;
  /** For people. */
  readonly textName: string;
  readonly windowTokens: number;
}

/** What a measurement tells on the way. */
export interface QualityCallbacks {
  readonly signal: AbortSignal;
  readonly onLoad: (progress: LoadProgress) => void;
  readonly onProgress: (progress: PerplexityProgress) => void;
}

/** The defaults of the engine, named so that the record says what they were. */
const SETTINGS: QualitySettings = { head: 'int8', arithmetic: 'exact', kvCache: 'f32' };
const PROMPT_CHARACTERS = 160;
const ANSWER_TOKENS = 32;

/** @throws EngineError as createEngine and Engine.perplexity; the signal's reason. The GPU is free again then. */
export async function measureQuality(
  { model, text, textName, windowTokens }: QualityRun,
  { signal, onLoad, onProgress }: QualityCallbacks,
): Promise<QualityMeasurement> {
  const backend = backendFrom(location.search);
  const engine = await createEngine({ model, backend, ...SETTINGS, signal, onProgress: onLoad });
  try {
    const { info } = engine;
    const quality = await engine.perplexity(text, {
      windowTokens: Math.min(windowTokens, info.contextLength),
      signal,
      onProgress,
    });
    const { id, name, architecture, parameters, bitsPerWeight, fileBytes, adapter } = info;
    return {
      date: new Date().toISOString(),
      runtime: navigator.userAgent,
      adapter,
      model: { id, name, architecture, parameters, bitsPerWeight, fileBytes },
      settings: SETTINGS,
      text: { name: textName, sha256: await fingerprint(text) },
      quality,
      decode: await measureDecode(engine, text, signal),
    };
  } finally {
    await engine.dispose();
  }
}

async function measureDecode(
  engine: Engine,
  text: string,
  signal: AbortSignal,
): Promise<QualityMeasurement['decode']> {
  const stream = engine.generate(text.slice(0, PROMPT_CHARACTERS), {
    temperature: 0,
    maxTokens: ANSWER_TOKENS,
    signal,
  });
  for await (const _ of stream);
  const { metrics } = await stream.result;
  const { decodeTokensPerSecond: tokensPerSecond, decodeBytesPerSecond: bytesPerSecond } = metrics;
  return tokensPerSecond > 0 ? { tokensPerSecond, bytesPerSecond } : null;
}

async function fingerprint(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
