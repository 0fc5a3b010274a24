// MatMulNBits of onnxruntime-web on its WebGPU provider, or on the CPU. The module comes from the server: it is no dependency of ours.
import type { NBitsForm, TernaryMatrix } from '../onnx/matmul-nbits.ts';
import { productModel } from '../onnx/product-model.ts';
import type { Place, ProductEngine } from './engines.ts';
import { type ProductShape, SCALE_BLOCK } from './product-data.ts';

interface OrtTensor {
  readonly location: string;
  getData(): Promise<Float32Array>;
  dispose(): void;
}

interface OrtSession {
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

/** The part of onnxruntime-web's interface that is used here. */
interface Ort {
  readonly env: {
    readonly wasm: { wasmPaths: string; numThreads: number };
    readonly webgpu: { readonly device: GPUDevice | Promise<GPUDevice> };
  };
  readonly InferenceSession: {
    create(model: Uint8Array, options: Record<string, unknown>): Promise<OrtSession>;
  };
  readonly Tensor: {
    new (type: 'float32', data: Float32Array, dims: readonly number[]): OrtTensor;
    fromGpuBuffer(
      buffer: GPUBuffer,
      options: { readonly dataType: 'float32'; readonly dims: readonly number[] },
    ): OrtTensor;
  };
}

const ORT_FOLDER = '/peers/onnxruntime-web/dist/';
const USAGE = { COPY_SRC: 4, COPY_DST: 8, STORAGE: 128 } as const;

let loading: Promise<Ort> | undefined;

function loadOrt(): Promise<Ort> {
  loading ??= (async () => {
    const url = `${ORT_FOLDER}ort.webgpu.bundle.min.mjs`;
    const ort: Ort = await import(/* @vite-ignore */ url);
    ort.env.wasm.wasmPaths = ORT_FOLDER;
    ort.env.wasm.numThreads = navigator.hardwareConcurrency;
    return ort;
  })();
  return loading;
}

/** A session whose input and outputs stay where it computes. Throws what the runtime throws. */
export async function ortProduct(
  { rows, columns, tokens }: ProductShape,
  matrices: readonly TernaryMatrix[],
  x: Float32Array,
  form: Omit<NBitsForm, 'block'>,
  place: Place,
): Promise<ProductEngine> {
  const ort = await loadOrt();
  const model = productModel(matrices, { ...form, block: SCALE_BLOCK }, tokens);
  const onGpu = place === 'webgpu';
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [place],
    ...(onGpu && { preferredOutputLocation: 'gpu-buffer' }),
  });
  const dims = [tokens, columns];
  const device = onGpu ? await ort.env.webgpu.device : null;
  const buffer = device?.createBuffer({
    size: x.byteLength,
    usage: USAGE.STORAGE | USAGE.COPY_SRC | USAGE.COPY_DST,
  });
  if (buffer) device?.queue.writeBuffer(buffer, 0, x as Float32Array<ArrayBuffer>);
  const input = buffer
    ? ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims })
    : new ort.Tensor('float32', x, dims);
  const run = async () => {
    const outputs = await session.run({ x: input });
    await device?.queue.onSubmittedWorkDone();
    return outputs;
  };
  const free = (outputs: Record<string, OrtTensor>) => {
    for (const output of Object.values(outputs)) output.dispose();
  };
  return {
    name: `onnxruntime-web MatMulNBits, ${form.bits} bits, ${form.accuracyLevel === 4 ? 'int8' : 'f32'} activations`,
    place,
    kind: `accuracy_level ${form.accuracyLevel}, block ${SCALE_BLOCK}`,
    run: async () => free(await run()),
    async result() {
      const outputs = await run();
      if (onGpu !== (outputs.y0.location === 'gpu-buffer'))
        throw new Error(`the result lies in ${outputs.y0.location}`);
      const y = Float32Array.from(await outputs.y0.getData());
      free(outputs);
      if (y.length !== rows * tokens) throw new Error(`the result has ${y.length} values`);
      return y;
    },
    async dispose() {
      await session.release();
      buffer?.destroy();
    },
  };
}
