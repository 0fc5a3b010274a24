// Whole models of the same weights by every engine: first tokens compared, then prefill and decode timed in turn.
import type { FailedContender, ModelResult, PromptFile } from '../records.ts';
import { measureInTurn, type RoundOptions } from './contender.ts';
import type { ModelEngine } from './engines.ts';
import { sternaModel } from './sterna-model.ts';
import { transformersModel } from './transformers-model.ts';
import { wllamaModel } from './wllama-model.ts';

/** What is asked for. */
export interface ModelRequest {
  /** Folder below /models/. */
  readonly folder: string;
  readonly promptTokens: number;
  readonly newTokens: number;
  /** Every form of every engine, or the fastest ones only: for devices where each takes minutes. */
  readonly thorough: boolean;
  /** True where WebGPU computes on the CPU. */
  readonly onCpu: boolean;
  /** An engine to leave out, by name; empty: none. */
  readonly without: string;
}

/** Prompts, and tokens of each, whose answers are compared before anything is measured. */
const CHECK_PROMPTS = 4;
const CHECK_TOKENS = 4;
/** More than any model has. */
const ALL_LAYERS = 99;
/** New tokens from which it is told how many an engine can afford. */
const SAMPLE_TOKENS = 3;
/** An engine that needs longer for its new tokens generates fewer of them, at least two. */
const MAX_DECODE_SECONDS = 10;

/** Loads every engine, compares, measures. Engines that fail are named with the reason. */
export async function benchModels(
  request: ModelRequest,
  options: RoundOptions,
  log: (line: string) => void,
): Promise<ModelResult> {
  const url = `/models/${request.folder}/`;
  const file: PromptFile = await (await fetch(`${url}prompts.json`)).json();
  const [first] = file.prompts;
  const engines: (ModelEngine & { readonly check: string; readonly newTokens: number })[] = [];
  const failed: FailedContender[] = [];
  let reference: readonly string[] | null = null;
  const add = async (name: string, create: () => Promise<ModelEngine>) => {
    if (request.without !== '' && name.startsWith(request.without)) {
      failed.push({ name, failed: 'left out by --without' });
      return;
    }
    log(`${name}: load`);
    try {
      const engine = await create();
      // Offered to WebGPU, and not taken: measured already.
      if (engines.some((known) => known.name === engine.name && known.ranOn === engine.ranOn)) {
        await engine.dispose();
        return;
      }
      const found = await firstTokens(engine, file);
      reference ??= found;
      const check = describeAgreement(found, reference);
      const sample = await engine.generate(first, SAMPLE_TOKENS);
      log(`${engine.name}: ${engine.ranOn}, ${check} ${JSON.stringify(sample)}`);
      const affordable = Math.floor(sample.decode * MAX_DECODE_SECONDS);
      const newTokens = Math.min(request.newTokens, Math.max(2, affordable));
      engines.push({ ...engine, check, newTokens });
    } catch (error) {
      log(`${name}: ${error}`);
      failed.push({ name, failed: String(error).slice(0, 300) });
    }
  };
  for (const { name, create } of listEngines(request, file)) await add(name, create);
  log('measure');
  const results = await measureInTurn(
    engines.map(({ name, generate, newTokens }) => {
      let next = 1;
      return {
        name,
        async measure() {
          const prompt = file.prompts[next++ % file.prompts.length];
          const { prefill, decode } = await generate(prompt, newTokens);
          return { prefill, decode };
        },
      };
    }),
    options,
  );
  for (const engine of engines) await engine.dispose();
  const contenders: ModelResult['contenders'][number][] = [];
  for (const [index, result] of results.entries()) {
    const { name, ranOn, dispatches, check, newTokens } = engines[index];
    if ('failed' in result) {
      failed.push({ name, failed: result.failed });
      continue;
    }
    const { prefill, decode } = result.values;
    contenders.push({ name, ranOn, dispatches, check, newTokens, prefill, decode });
  }
  const { promptTokens, newTokens } = request;
  return { name: file.name, parameters: file.parameters, promptTokens, newTokens, contenders, failed };
}

/** The engines to load, one after the other. Where WebGPU computes on the CPU, each with WebAssembly too. */
function listEngines(
  { folder, thorough, onCpu }: ModelRequest,
  file: PromptFile,
): { readonly name: string; create(): Promise<ModelEngine> }[] {
  const url = `/models/${folder}/`;
  const arithmetics = thorough ? (['exact', 'block'] as const) : (['exact'] as const);
  const forms = thorough ? (['tq2_0', 'q4_0'] as const) : (['q4_0'] as const);
  const types = thorough ? (['q2', 'q4'] as const) : (['q4'] as const);
  // wllama's threads wait for each other in a loop: on a busy machine one alone may be faster than all.
  const threadCounts = [1, navigator.hardwareConcurrency];
  return [
    ...arithmetics.flatMap((arithmetic) =>
      (onCpu ? (['auto', 'webgpu'] as const) : (['auto'] as const)).map((backend) => ({
        name: `Sterna, ${backend}, ${arithmetic}`,
        create: () => sternaModel(`${url}tq2_0.gguf`, arithmetic, backend, file),
      })),
    ),
    ...forms.flatMap((form) =>
      threadCounts.flatMap((threads) =>
        (onCpu ? [0, ALL_LAYERS] : [ALL_LAYERS]).map((layers) => ({
          name: `wllama, ${form}, ${layers} layers on WebGPU`,
          create: () => wllamaModel(`${url}${form}.gguf`, form, threads, layers, file),
        })),
      ),
    ),
    ...types.flatMap((type) =>
      (onCpu ? (['wasm', 'webgpu'] as const) : (['webgpu'] as const)).map((place) => ({
        name: `transformers.js, ${type}, ${place}`,
        create: () => transformersModel(folder, type, place, file),
      })),
    ),
  ];
}

/** The first new token after each of the short prompts. */
async function firstTokens(engine: ModelEngine, { prompts, texts }: PromptFile): Promise<string[]> {
  const found: string[] = [];
  for (const { ids } of prompts.slice(0, CHECK_PROMPTS)) {
    const short = ids.slice(0, CHECK_TOKENS);
    const text = short.map((id) => texts[id]).join('');
    found.push((await engine.generate({ ids: short, text }, 1)).text);
  }
  return found;
}

/** Random weights leave little between the likeliest tokens, so that rounding may change one; chance finds 1 in 4096. */
function describeAgreement(found: readonly string[], reference: readonly string[]): string {
  if (found === reference) return 'the reference of the others';
  const same = found.filter((text, index) => text === reference[index]).length;
  return `first token as Sterna after ${same} of ${found.length} prompts`;
}
