// wllama (llama.cpp as WebAssembly): threads on all cores, and its WebGPU backend where it takes the adapter.
import type { PromptFile } from '../records.ts';
import type { ModelEngine } from './engines.ts';

interface Timings {
  readonly prompt_n: number;
  readonly prompt_per_second: number;
  readonly predicted_n: number;
  readonly predicted_per_second: number;
}

/** The part of wllama's interface that is used here. */
interface Wllama {
  setCompat(compat: null): void;
  loadModel(files: readonly Blob[], options: Readonly<Record<string, unknown>>): Promise<void>;
  createCompletion(options: Readonly<Record<string, unknown>>): Promise<{
    readonly choices: readonly { readonly text: string }[];
    readonly timings?: Timings;
  }>;
  getNumThreads(): number;
  isMultithread(): boolean;
  exit(): Promise<void>;
}

type Logger = Readonly<Record<'debug' | 'log' | 'warn' | 'error', (...args: unknown[]) => void>>;

interface WllamaModule {
  readonly Wllama: new (paths: { readonly default: string }, config: { readonly logger: Logger }) => Wllama;
}

const FOLDER = '/peers/@wllama/wllama/esm/';

/** Loads a GGUF file. @param gpuLayers layers that are offered to WebGPU; the log tells what was taken */
export async function wllamaModel(
  url: string,
  form: string,
  maxThreads: number,
  gpuLayers: number,
  { contextLength }: PromptFile,
): Promise<ModelEngine> {
  const source = `${FOLDER}index.js`;
  const { Wllama }: WllamaModule = await import(/* @vite-ignore */ source);
  const lines: string[] = [];
  const keep = (...args: unknown[]) => void lines.push(args.map(String).join(' '));
  const wllama = new Wllama(
    { default: `${FOLDER}wasm/wllama.wasm` },
    { logger: { debug: keep, log: keep, warn: keep, error: keep } },
  );
  wllama.setCompat(null);
  const blob = await (await fetch(url)).blob();
  await wllama.loadModel([blob], {
    n_ctx: contextLength,
    n_batch: contextLength,
    n_threads: maxThreads,
    n_gpu_layers: gpuLayers,
    log_level: 2,
  });
  const buffers = lines.flatMap((line) => line.match(/\S+ model buffer size/g) ?? []);
  const onGpu = buffers.some((text) => /webgpu/i.test(text));
  const threads = wllama.isMultithread() ? wllama.getNumThreads() : 1;
  return {
    name: `wllama, ${form.toUpperCase()}, ${threads} thread${threads === 1 ? '' : 's'}`,
    ranOn: onGpu ? 'webgpu' : 'wasm',
    dispatches: null,
    async generate(prompt, newTokens) {
      const answer = wllama.createCompletion({
        prompt: prompt.text,
        max_tokens: newTokens,
        temperature: 0,
        top_k: 1,
        ignore_eos: true,
        cache_prompt: false,
      });
      const { choices, timings } = await answer.catch((error) => {
        throw new Error(`${error}; the log ends: ${lines.slice(-4).join(' | ')}`);
      });
      if (!timings) throw new Error(`no timings; the log ends: ${lines.slice(-3).join(' | ')}`);
      if (timings.prompt_n < prompt.ids.length - 1) {
        throw new Error(`${timings.prompt_n} of ${prompt.ids.length} prompt tokens were computed`);
      }
      return {
        prefill: timings.prompt_per_second,
        decode: timings.predicted_per_second,
        tokens: timings.predicted_n,
        text: choices[0].text,
      };
    },
    dispose: () => wllama.exit(),
  };
}
