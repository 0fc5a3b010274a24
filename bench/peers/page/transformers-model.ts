// transformers.js on its own onnxruntime-web: the WebGPU provider, or the CPU.
import type { Prompt, PromptFile } from '../records.ts';
import { countDispatches } from './dispatch-count.ts';
import type { Generation, ModelEngine, Place } from './engines.ts';

interface Model {
  generate(options: Readonly<Record<string, unknown>>): Promise<unknown>;
  dispose(): Promise<unknown>;
}

/** The part of transformers.js's interface that is used here. */
interface Transformers {
  readonly env: {
    allowRemoteModels: boolean;
    allowLocalModels: boolean;
    localModelPath: string;
    useBrowserCache: boolean;
    useWasmCache?: boolean;
    readonly backends: { readonly onnx: { readonly wasm: { wasmPaths: unknown; numThreads: number } } };
  };
  readonly AutoModelForCausalLM: {
    from_pretrained(id: string, options: Readonly<Record<string, unknown>>): Promise<Model>;
  };
  readonly Tensor: new (type: 'int64', data: BigInt64Array, dims: readonly number[]) => object;
}

const MODULE = '/peers/@huggingface/transformers/dist/transformers.min.js';
/** Where npm puts the build of onnxruntime-web that transformers.js asks for. */
const ORT_FOLDER = '/peers/@huggingface/transformers/node_modules/onnxruntime-web/dist/';

async function loadTransformers(): Promise<Transformers> {
  const source = MODULE;
  const transformers: Transformers = await import(/* @vite-ignore */ source);
  const { env } = transformers;
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = '/models/';
  env.useBrowserCache = false;
  env.useWasmCache = false;
  env.backends.onnx.wasm.numThreads = navigator.hardwareConcurrency;
  env.backends.onnx.wasm.wasmPaths = {
    mjs: `${ORT_FOLDER}ort-wasm-simd-threaded.asyncify.mjs`,
    wasm: `${ORT_FOLDER}ort-wasm-simd-threaded.asyncify.wasm`,
  };
  return transformers;
}

/** Loads `onnx/model_q2.onnx` or `q4`; `sample` is used to count dispatches. @throws Error when none is dispatched on WebGPU */
export async function transformersModel(
  folder: string,
  dtype: 'q2' | 'q4',
  place: Place,
  { prompts: [sample], texts }: PromptFile,
): Promise<ModelEngine> {
  const { AutoModelForCausalLM, Tensor } = await loadTransformers();
  const model = await AutoModelForCausalLM.from_pretrained(folder, { dtype, device: place });
  const generate = async ({ ids }: Prompt, newTokens: number): Promise<Generation> => {
    const input = (values: readonly number[]) =>
      new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
    const timesMs: number[] = [];
    const newIds: number[] = [];
    const startMs = performance.now();
    await model.generate({
      inputs: input(ids),
      attention_mask: input(ids.map(() => 1)),
      max_new_tokens: newTokens,
      do_sample: false,
      streamer: {
        put([tokens]: bigint[][]) {
          if (tokens.length > 1) return; // the prompt
          timesMs.push(performance.now());
          newIds.push(Number(tokens[0]));
        },
        end() {},
      },
    });
    const last = timesMs[timesMs.length - 1];
    return {
      prefill: (ids.length * 1000) / (timesMs[0] - startMs),
      decode: ((timesMs.length - 1) * 1000) / (last - timesMs[0]),
      tokens: timesMs.length,
      text: newIds.map((id) => texts[id]).join(''),
    };
  };
  // What three new tokens need less what two need is what a token needs.
  const short = { ...sample, ids: sample.ids.slice(0, 4) };
  const two = await countDispatches(() => generate(short, 3));
  const one = await countDispatches(() => generate(short, 2));
  const onGpu = place === 'webgpu';
  if (onGpu !== two > 0) throw new Error(`${two} compute shaders ran: not on ${place}`);
  return {
    name: `transformers.js, ${dtype}`,
    ranOn: onGpu ? place : `wasm, ${navigator.hardwareConcurrency} threads`,
    dispatches: onGpu ? two - one : null,
    generate,
    dispose: async () => void (await model.dispose()),
  };
}
