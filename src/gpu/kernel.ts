// The frame of a kernel: what shaders/<op>/kernel.ts declares, and nothing that touches a device.
// Bindings, uniform fields and variants are data, so that tests, benchmarks and the catalogue can walk over them.
import type { KernelFeature } from './device.ts';

/** Access of a binding; `uniform` is the params struct and always last. */
export type BindingAccess = 'read' | 'read-write';

/** One storage buffer of a kernel, in WGSL order: @group(0) @binding(index). */
export interface KernelBinding {
  readonly name: string;
  readonly access: BindingAccess;
  /** WGSL element type and shape, for people: `[T, K/4] u32, four int8 each`. */
  readonly shape: string;
}

/** One field of the params struct: 4 bytes each, in order. */
export interface ParamField {
  readonly name: string;
  readonly type: 'u32' | 'i32' | 'f32';
}

/** Named numbers: the params of a dispatch plus what only the grid needs (for example `tokens`). */
export type KernelShape = Readonly<Record<string, number>>;

/** Workgroup counts of a dispatch. */
export type WorkgroupCounts = readonly [x: number, y: number, z: number];

/**
 * A function of the WebAssembly module (shaders/<op>/wasm.as.ts). It is called once per dispatch with the addresses of the
 * storage buffers in the order of the bindings, the address of the params, the grid (x, y, z), and the constants.
 */
export interface WasmFunction {
  readonly name: string;
  /** Names of overrides whose values follow the grid, in this order. Default none. */
  readonly constants?: readonly string[];
  /**
   * True if threads can share a dispatch: then the last two operands are which share of the rows to compute and how many shares
   * there are. Default false.
   */
  readonly shared?: boolean;
}

/** One implementation of an operation. */
export interface KernelVariant {
  /** Technique: `naive`, `subgroup`, `dp4a`, `bit-planes` ... */
  readonly name: string;
  /** Whole WGSL text: named parts joined in order by joinShader. Empty where `wasm` is the code. */
  readonly code: string;
  /** For the backend that computes on the CPU without WebGPU: what runs instead of WGSL. Such variants require `wasm`. */
  readonly wasm?: WasmFunction;
  readonly requires: readonly KernelFeature[];
  /** Device layout of the weights that it reads; absent when the op has no weights. */
  readonly layout?: string;
  /**
   * True when the variant leans on workgroup barriers. On adapters that compute on the CPU a barrier is the most
   * expensive instruction, so they take another variant where there is one.
   */
  readonly barrierHeavy?: boolean;
  /** True when only adapters that compute on the CPU should take it: it wins there and loses on GPUs. */
  readonly cpuOnly?: boolean;
  /** True when only the autotuner takes it: right everywhere, but faster on some devices only. */
  readonly tunedOnly?: boolean;
  /**
   * True when a workgroup takes several columns, so that the weights are read once for them. Only graphs of several columns
   * take it, on adapters that are bound by memory: a CPU gains nothing (measured: llvmpipe, SwiftShader).
   */
  readonly sharesWeights?: boolean;
  /** Values of pipeline-overridable constants. */
  readonly overrides?: Readonly<Record<string, number>>;
  /** Other values of its overrides for the autotuner to try, the most promising first. */
  readonly tunings?: readonly VariantTuning[];
  /** Grid for a shape; uses foldGrid where a dimension could exceed 65 535. */
  workgroups(shape: KernelShape): WorkgroupCounts;
}

/**
 * The variant of an operation for the WebAssembly backend.
 * @param grid counts that the function reads as x, y, z; it walks over all of them in one call
 */
export function wasmVariant(
  wasm: WasmFunction,
  grid: KernelVariant['workgroups'],
  traits: { readonly layout?: string; readonly overrides?: KernelVariant['overrides'] } = {},
): KernelVariant {
  const { layout, overrides } = traits;
  const name = layout === undefined ? 'wasm' : `wasm-${layout.toLowerCase()}`;
  return { name, code: '', wasm, requires: ['wasm'], layout, overrides, workgroups: grid };
}

/** Values of a variant's overrides that replace its own, and the grid that they need. */
export interface VariantTuning {
  /** Every override that differs from the variant's own. */
  readonly overrides: Readonly<Record<string, number>>;
  workgroups(shape: KernelShape): WorkgroupCounts;
}

/**
 * What a binding holds while variants are compared: int8 codes, four per word, so small that no sum of products reaches
 * 2^24; f32 integers of the same sizes; random bits; f32 ones; pairs of ones; or the model's own contents.
 */
export type ProbeContent = 'codes' | 'integers' | 'bits' | 'ones' | 'own';

/** How what a variant writes compares with another: bit for bit; f32 within a tolerance; int8 codes that may differ by one. */
export type ProbeOutput = 'exact' | 'close' | 'codes';

/**
 * How the autotuner compares two variants on a device, with the model's own weights: contents that make every sum an
 * integer below 2^24, which f32 holds exactly in any order. A kernel without a probe is not tuned.
 */
export interface KernelProbe {
  /** Bindings that are read. Those not named: `own`. */
  readonly inputs: Readonly<Record<string, ProbeContent>>;
  /** Bindings that are written; they begin as zeros. `exact` counts as `close` where the weights are floats, or have outliers beside. */
  readonly outputs: Readonly<Record<string, ProbeOutput>>;
  /** Params that replace those of the dispatch. */
  readonly params?: KernelShape;
  /** Words that the largest output has at most, for a dispatch with these params. */
  outputWords(shape: KernelShape): number;
}

/** An operation with all its variants. Variants share bindings and params, hence bind groups. */
export interface Kernel {
  /** Folder name under shaders/. */
  readonly name: string;
  readonly bindings: readonly KernelBinding[];
  readonly params: readonly ParamField[];
  /** Best first; `naive` last. */
  readonly variants: readonly KernelVariant[];
  /** Absent: the autotuner leaves it alone. */
  readonly probe?: KernelProbe;
}

/** Checks a declaration and returns it. */
export function defineKernel(kernel: Kernel): Kernel {
  const last = kernel.variants.at(-1);
  const names = new Set(kernel.variants.map((variant) => variant.name));
  if (!last || names.size !== kernel.variants.length)
    throw new Error(`${kernel.name}: variant names must be unique`);
  if (kernel.bindings.length > 8) throw new Error(`${kernel.name}: more than 8 storage buffers`);
  return kernel;
}

/** Joins WGSL parts; directives (`enable`, `diagnostic`) must come first, so they are lifted out of the parts. */
export function joinShader(...parts: readonly string[]): string {
  const directives = new Set<string>();
  const bodies = parts.map((part) =>
    part.replace(/^(?:enable |diagnostic\()[^;]+;\n/gm, (directive) => {
      directives.add(directive);
      return '';
    }),
  );
  return [...directives, ...bodies].join('\n');
}

/** WebGPU's bound on workgroups per dimension. */
export const MAX_WORKGROUPS_PER_DIMENSION = 65535;

/**
 * Folds a one-dimensional count of workgroups into x and y. Kernels compute their index as
 * `workgroup_id.x + workgroup_id.y * num_workgroups.x` and ignore those beyond the end.
 */
export function foldGrid(count: number, z = 1): WorkgroupCounts {
  if (count <= MAX_WORKGROUPS_PER_DIMENSION) return [Math.max(1, count), 1, z];
  const rows = Math.ceil(count / MAX_WORKGROUPS_PER_DIMENSION);
  return [Math.ceil(count / rows), rows, z];
}

/** Columns of activations that a kernel for one token gets at once; each is a layer of its grid. Default 1. */
export function columnsOf(shape: KernelShape): number {
  return shape.columns ?? 1;
}

/** Packs params into the bytes of the uniform struct, padded to 16 bytes. Missing fields are an error. */
export function packParams(kernel: Kernel, shape: KernelShape): ArrayBuffer {
  const buffer = new ArrayBuffer(Math.max(16, Math.ceil((kernel.params.length * 4) / 16) * 16));
  const view = new DataView(buffer);
  kernel.params.forEach((field, index) => {
    const value = shape[field.name];
    if (value === undefined) throw new Error(`${kernel.name}: param ${field.name} is missing`);
    if (field.type === 'f32') view.setFloat32(index * 4, value, true);
    else if (field.type === 'i32') view.setInt32(index * 4, value, true);
    else view.setUint32(index * 4, value, true);
  });
  return buffer;
}

/** What decides between the variants of a kernel. */
export interface VariantChoice {
  readonly features: ReadonlySet<KernelFeature>;
  /** Device layout of the weights, if the kernel has any. */
  readonly layout?: string;
  /** True on CPU adapters: cpuOnly variants count, and those that are not barrierHeavy come first. */
  readonly onCpu?: boolean;
  /** True when several columns shall share the weights, where a variant can. Default false. */
  readonly sharesWeights?: boolean;
}

/**
 * Every variant that the features allow and that reads this layout, best first; cpuOnly ones on CPU adapters alone. The
 * WebAssembly backend runs its own variants and no other.
 */
export function fittingVariants(kernel: Kernel, choice: VariantChoice): readonly KernelVariant[] {
  return kernel.variants.filter(
    (variant) =>
      (choice.onCpu || !variant.cpuOnly) &&
      (choice.sharesWeights || !variant.sharesWeights) &&
      variant.requires.every((feature) => choice.features.has(feature)) &&
      choice.features.has('wasm') === (variant.wasm !== undefined) &&
      (choice.layout === undefined || variant.layout === undefined || variant.layout === choice.layout),
  );
}

/** The variant with the values of a tuning in place of its own. */
export function tuneVariant(variant: KernelVariant, tuning: VariantTuning): KernelVariant {
  const { tunings: _, ...rest } = variant;
  return {
    ...rest,
    overrides: { ...variant.overrides, ...tuning.overrides },
    workgroups: (shape) => tuning.workgroups(shape),
  };
}

/** First variant that the features allow and that reads this layout, but none that only the autotuner takes. */
export function chooseVariant(kernel: Kernel, choice: VariantChoice): KernelVariant {
  const fitting = fittingVariants(kernel, choice).filter((variant) => !variant.tunedOnly);
  const sharing = fitting.find((variant) => variant.sharesWeights);
  if (sharing) return sharing;
  const light = choice.onCpu ? fitting.find((variant) => !variant.barrierHeavy) : undefined;
  const found = light ?? fitting[0];
  if (!found) throw new Error(`${kernel.name}: no variant for layout ${choice.layout ?? 'any'}`);
  return found;
}
