// Compiles kernel variants once per device: explicit bind group layouts, labels, and errors that name the kernel.
import { EngineError } from '../errors.ts';
import type { Kernel, KernelVariant } from './kernel.ts';
import { waitFor } from './waiting.ts';

/** A compiled variant. Lives as long as its device. */
export interface CompiledKernel {
  readonly kernel: Kernel;
  readonly variant: KernelVariant;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** A device that runs functions of its own in the place of WGSL: the WebAssembly backend. */
export interface HostedDevice {
  /** @throws Error when it has no such function */
  hostKernel(
    kernel: Kernel,
    variant: KernelVariant,
    constants: Readonly<Record<string, number>>,
  ): GPUComputePipeline;
}

function isHosted(device: object): device is HostedDevice {
  return 'hostKernel' in device;
}

/** Cache of compiled kernels of one device, keyed by op, variant and overrides; shapes are never in the key. */
export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #compiled = new Map<string, Promise<CompiledKernel>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Pipelines compiled so far (or compiling). */
  get size(): number {
    return this.#compiled.size;
  }

  /**
   * Compiles or returns the cached pipeline.
   * @param overrides replaces the variant's own override values
   * @throws EngineError 'gpu-error' with the compiler's message, kernel and variant
   */
  compile(
    kernel: Kernel,
    variant: KernelVariant,
    overrides?: Readonly<Record<string, number>>,
  ): Promise<CompiledKernel> {
    const constants = { ...variant.overrides, ...overrides };
    const key = `${kernel.name}/${variant.name} ${JSON.stringify(constants)}`;
    let entry = this.#compiled.get(key);
    if (!entry) {
      entry = this.#create(kernel, variant, constants, key);
      this.#compiled.set(key, entry);
    }
    return entry;
  }

  async #create(
    kernel: Kernel,
    variant: KernelVariant,
    constants: Record<string, number>,
    label: string,
  ): Promise<CompiledKernel> {
    const layout = this.#layout(kernel);
    const device: object = this.#device;
    if (isHosted(device)) {
      return { kernel, variant, pipeline: device.hostKernel(kernel, variant, constants), layout };
    }
    const module = this.#device.createShaderModule({ label, code: variant.code });
    try {
      const pipeline = await waitFor(
        this.#device,
        this.#device.createComputePipelineAsync({
          label,
          layout: this.#device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
          compute: { module, entryPoint: 'main', constants },
        }),
      );
      return { kernel, variant, pipeline, layout };
    } catch (cause) {
      const info = await module.getCompilationInfo();
      const messages = info.messages.map((m) => `line ${m.lineNum}: ${m.message}`).join('; ');
      throw new EngineError(
        'gpu-error',
        `Kernel ${kernel.name}/${variant.name} does not compile: ${messages || String(cause)}. This is a defect of the engine; please report it with your browser and GPU.`,
        { cause, details: { kernel: kernel.name, variant: variant.name } },
      );
    }
  }

  #layout(kernel: Kernel): GPUBindGroupLayout {
    const known = this.#layouts.get(kernel.name);
    if (known) return known;
    const storage = kernel.bindings.map(
      (binding, index): GPUBindGroupLayoutEntry => ({
        binding: index,
        visibility: 4, // GPUShaderStage.COMPUTE; the constant object is absent in Node
        buffer: { type: binding.access === 'read' ? 'read-only-storage' : 'storage' },
      }),
    );
    const uniform: GPUBindGroupLayoutEntry = {
      binding: kernel.bindings.length,
      visibility: 4,
      buffer: { type: 'uniform' },
    };
    const layout = this.#device.createBindGroupLayout({ label: kernel.name, entries: [...storage, uniform] });
    this.#layouts.set(kernel.name, layout);
    return layout;
  }
}
