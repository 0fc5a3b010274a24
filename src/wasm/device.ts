// A device that computes with WebAssembly on the CPU, with the part of WebGPU's GPUDevice that the engine uses: whoever
// builds graphs, submits and reads back does not know the difference. A submit has computed when it returns.
import { EngineError } from '../errors.ts';
import type { Kernel, KernelVariant } from '../gpu/kernel.ts';
import type { HostedDevice } from '../gpu/pipelines.ts';
import { WASM_MAX_BUFFER_BYTES } from '../util/wasm-support.ts';
import { WasmBuffer } from './buffer.ts';
import { type WasmBindGroup, type WasmCommand, WasmEncoder, type WasmPipeline } from './commands.ts';
import type { KernelFunction } from './kernel-module.ts';
import type { WasmMemory } from './memory.ts';
import { nextTurn } from './next-turn.ts';
import type { ThreadPool } from './threads.ts';

/** See the head of the file. Made by acquireWasm. */
export class WasmDevice implements HostedDevice {
  readonly label = 'sterna';
  readonly features: ReadonlySet<string> = new Set();
  readonly limits = {
    maxBufferSize: WASM_MAX_BUFFER_BYTES,
    maxStorageBufferBindingSize: WASM_MAX_BUFFER_BYTES,
  };
  /** Never: nobody takes the processor away. */
  readonly lost = new Promise<never>(() => {});
  readonly queue = {
    writeBuffer: (
      buffer: WasmBuffer,
      offset: number,
      data: ArrayBuffer | ArrayBufferView,
      first = 0,
      count?: number,
    ): void => buffer.bytes().set(bytesOf(data, first, count), offset),
    submit: (lists: readonly (readonly WasmCommand[])[]): void => {
      try {
        for (const commands of lists) for (const run of commands) run();
      } catch (cause) {
        throw kernelFailure(cause);
      }
    },
    onSubmittedWorkDone: nextTurn,
  };
  readonly #memory: WasmMemory;
  readonly #functions: ReadonlyMap<string, KernelFunction>;
  readonly #threads: ThreadPool | null;

  /** @param threads null: the caller's thread computes alone; ended with the device */
  constructor(
    memory: WasmMemory,
    functions: ReadonlyMap<string, KernelFunction>,
    threads: ThreadPool | null,
  ) {
    this.#memory = memory;
    this.#functions = functions;
    this.#threads = threads;
  }

  /** @throws EngineError 'out-of-memory' */
  createBuffer(descriptor: GPUBufferDescriptor): WasmBuffer {
    return new WasmBuffer(this.#memory, descriptor);
  }

  createBindGroupLayout(): object {
    return {};
  }

  createBindGroup({ entries }: GPUBindGroupDescriptor): WasmBindGroup {
    const ordered = [...entries].sort((a, b) => a.binding - b.binding);
    return {
      addresses: ordered.map(
        ({ resource }) => (resource as unknown as { buffer: WasmBuffer }).buffer.address,
      ),
    };
  }

  createCommandEncoder(): WasmEncoder {
    return new WasmEncoder();
  }

  hostKernel(
    kernel: Kernel,
    { name, wasm }: KernelVariant,
    constants: Readonly<Record<string, number>>,
  ): GPUComputePipeline {
    const call = wasm && this.#functions.get(wasm.name);
    if (!wasm || !call) throw new Error(`${kernel.name}/${name} is no function of the WebAssembly module`);
    const values = (wasm.constants ?? []).map((constant) => {
      if (!(constant in constants)) throw new Error(`${kernel.name}/${name}: no value for ${constant}`);
      return constants[constant];
    });
    const threads = this.#threads;
    const alone = wasm.shared ? [...values, 0, 1] : values;
    const pipeline: WasmPipeline = {
      label: `${kernel.name}/${name}`,
      run:
        wasm.shared && threads
          ? (operands) => threads.run(call, [...operands, ...values])
          : (operands) => call(...operands, ...alone),
    };
    return pipeline as unknown as GPUComputePipeline;
  }

  /** Nothing to collect: what fails here throws at once. */
  pushErrorScope(): void {}

  async popErrorScope(): Promise<null> {
    return null;
  }

  /** Ends the threads. The memory, and every buffer with it, goes when nobody holds the device any more. */
  destroy(): void {
    this.#threads?.dispose();
  }
}

function kernelFailure(cause: unknown): EngineError {
  return new EngineError(
    'gpu-error',
    `A WebAssembly kernel failed: ${String(cause)}. This is a defect of the engine; please report it with your browser and processor.`,
    { cause },
  );
}

// As WebGPU says it: offset and size count elements of a typed array, and bytes of anything else.
function bytesOf(data: ArrayBuffer | ArrayBufferView, first: number, count: number | undefined): Uint8Array {
  if (!ArrayBuffer.isView(data)) return new Uint8Array(data, first, count);
  const width = 'BYTES_PER_ELEMENT' in data ? (data as Uint8Array).BYTES_PER_ELEMENT : 1;
  const sizeBytes = count === undefined ? data.byteLength - first * width : count * width;
  return new Uint8Array(data.buffer, data.byteOffset + first * width, sizeBytes);
}
