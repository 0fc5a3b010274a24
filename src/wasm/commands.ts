// Records what a GPUCommandEncoder of the WebAssembly device is told, to be run at submit.
import type { WasmBuffer } from './buffer.ts';

/** A function of the module with its constants. */
export interface WasmPipeline {
  readonly label: string;
  /** Runs one dispatch. @param operands addresses of the bindings and params, then the grid */
  run(operands: readonly number[]): void;
}

/** Addresses of the buffers in the order of the bindings. */
export interface WasmBindGroup {
  readonly addresses: readonly number[];
}

/** Work that is done when it is submitted. */
export type WasmCommand = () => void;

/** The part of GPUComputePassEncoder that graphs use. */
export class WasmPass {
  readonly #commands: WasmCommand[];
  #pipeline: WasmPipeline | null = null;
  #group: WasmBindGroup | null = null;

  constructor(commands: WasmCommand[]) {
    this.#commands = commands;
  }

  /** As in WebGPU. */
  setPipeline(pipeline: WasmPipeline): void {
    this.#pipeline = pipeline;
  }

  /** As in WebGPU; kernels have one group. */
  setBindGroup(_index: number, group: WasmBindGroup): void {
    this.#group = group;
  }

  /** One call of the function, which walks over the grid itself. */
  dispatchWorkgroups(x: number, y = 1, z = 1): void {
    const pipeline = this.#pipeline;
    const group = this.#group;
    if (pipeline === null || group === null) throw new Error('a dispatch needs a pipeline and a bind group');
    const operands = [...group.addresses, x, y, z];
    this.#commands.push(() => pipeline.run(operands));
  }

  /** As in WebGPU. */
  end(): void {}
}

/** The part of GPUCommandEncoder that the engine uses. */
export class WasmEncoder {
  readonly #commands: WasmCommand[] = [];

  /** As in WebGPU, without timestamps. */
  beginComputePass(): WasmPass {
    return new WasmPass(this.#commands);
  }

  /** As in WebGPU; offsets and size in bytes. */
  copyBufferToBuffer(
    source: WasmBuffer,
    sourceOffset: number,
    target: WasmBuffer,
    targetOffset: number,
    size: number,
  ): void {
    this.#commands.push(() =>
      target.bytes().set(source.bytes().subarray(sourceOffset, sourceOffset + size), targetOffset),
    );
  }

  /** As in WebGPU. */
  clearBuffer(buffer: WasmBuffer, offset = 0, size: number = buffer.size - offset): void {
    this.#commands.push(() => buffer.bytes().fill(0, offset, offset + size));
  }

  /** What submit takes. */
  finish(): readonly WasmCommand[] {
    return this.#commands;
  }
}
