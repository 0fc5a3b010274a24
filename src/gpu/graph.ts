// A graph is a fixed list of dispatches: pipelines and bind groups made once, encoded many times.
// Nothing is created or written per token; only grids depend on the pass.
import type { BufferPool } from './buffers.ts';
import type { GpuContext } from './device.ts';
import {
  chooseVariant,
  type Kernel,
  type KernelShape,
  type KernelVariant,
  packParams,
  type WorkgroupCounts,
} from './kernel.ts';
import type { CompiledKernel, PipelineCache } from './pipelines.ts';

/** What varies from pass to pass. */
export interface PassShape {
  /** Tokens in it. */
  readonly tokens: number;
  /** Position of the first one in the KV cache. */
  readonly position: number;
  /** Columns of the kernels for one token, in graphs built for several: `tokens`. Default 1. */
  readonly columns?: number;
}

/** One dispatch to add to a graph. */
export interface DispatchSpec {
  /** For labels and profiles: `blk.3 attention`. */
  readonly label: string;
  readonly kernel: Kernel;
  /** Device layout of the weights, when the kernel has any. */
  readonly layout?: string;
  /** Values of pipeline-overridable constants, beyond those of the variant. */
  readonly overrides?: Readonly<Record<string, number>>;
  /** Buffers by binding name; every binding of the kernel must be given. */
  readonly buffers: Readonly<Record<string, GPUBuffer>>;
  /** Params of the uniform, except `tokens`, which the graph supplies; `columns` here overrules that of the pass. */
  readonly params: KernelShape;
  /** Passes that it is part of. Default all. */
  readonly when?: (pass: PassShape) => boolean;
}

interface Node {
  readonly label: string;
  readonly layout: string | undefined;
  readonly overrides: DispatchSpec['overrides'];
  compiled: CompiledKernel;
  readonly bindGroup: GPUBindGroup;
  readonly params: KernelShape;
  /** Params and the last pass, for the grid. */
  readonly merged: Record<string, number | undefined>;
  /** Null when it depends on the pass. */
  grid: WorkgroupCounts | null;
  readonly buffers: Readonly<Record<string, GPUBuffer>>;
  readonly when: DispatchSpec['when'];
  /** True if passes may have several columns. */
  readonly columns: boolean;
}

/** One dispatch of a graph, for reports. */
export interface DispatchInfo {
  /** Its place, as encode takes it. */
  readonly index: number;
  readonly label: string;
  /** Operation and variant. */
  readonly kernel: string;
  readonly op: Kernel;
  readonly variant: KernelVariant;
  /** Device layout of the weights, when the kernel has any. */
  readonly layout: string | undefined;
  /** Values of overrides that the dispatch needs with any variant. */
  readonly overrides: DispatchSpec['overrides'];
  readonly buffers: Readonly<Record<string, GPUBuffer>>;
  readonly params: KernelShape;
  /** Workgroups for a pass: to each other as the times of this dispatch, where they all do the same. */
  workgroups(shape: PassShape): number;
}

interface TokenUniform {
  readonly kernel: Kernel;
  readonly params: KernelShape;
  readonly buffer: GPUBuffer;
}

/** Options of a graph. */
export interface BuildOptions {
  /** Passes will have several `columns`. Default false: grids for one are computed once. */
  readonly columns?: boolean;
  /** Columns share the weights where a kernel can, as VariantChoice says. Default false. */
  readonly sharesWeights?: boolean;
}

/** Collects dispatches, then compiles them in parallel. */
export class GraphBuilder {
  readonly #gpu: GpuContext;
  readonly #pipelines: PipelineCache;
  readonly #pool: BufferPool;
  readonly #specs: DispatchSpec[] = [];

  constructor(gpu: GpuContext, pipelines: PipelineCache, pool: BufferPool) {
    this.#gpu = gpu;
    this.#pipelines = pipelines;
    this.#pool = pool;
  }

  /** Appends a dispatch. */
  add(spec: DispatchSpec): void {
    this.#specs.push(spec);
  }

  /**
   * Compiles everything.
   * @param tokens initial value of every `tokens` param
   * @throws EngineError 'gpu-error' when a kernel does not compile
   */
  async build(tokens: number, { columns = false, sharesWeights = false }: BuildOptions = {}): Promise<Graph> {
    const compiled = await Promise.all(
      this.#specs.map((spec) => {
        const variant = chooseVariant(spec.kernel, {
          features: this.#gpu.features,
          layout: spec.layout,
          onCpu: this.#gpu.adapter.isFallback,
          sharesWeights,
        });
        return this.#pipelines.compile(spec.kernel, variant, spec.overrides);
      }),
    );
    const uniforms = new Map<string, GPUBuffer>();
    const tokenUniforms: TokenUniform[] = [];
    const nodes = this.#specs.map((spec, index): Node => {
      const uniform = this.#uniform(spec, tokens, uniforms, tokenUniforms);
      const entries = spec.kernel.bindings.map((binding, slot): GPUBindGroupEntry => {
        const buffer = spec.buffers[binding.name];
        if (!buffer) throw new Error(`${spec.label}: no buffer for ${spec.kernel.name}.${binding.name}`);
        return { binding: slot, resource: { buffer } };
      });
      entries.push({ binding: entries.length, resource: { buffer: uniform } });
      const bindGroup = this.#gpu.device.createBindGroup({
        label: spec.label,
        layout: compiled[index].layout,
        entries,
      });
      const params = { subgroup_max: this.#gpu.subgroupMax, ...spec.params };
      const grid = constantGrid(compiled[index].variant, params, columns);
      const { label, layout, overrides, buffers, when } = spec;
      return {
        label,
        layout,
        overrides,
        compiled: compiled[index],
        bindGroup,
        params,
        merged: { ...params },
        columns,
        grid,
        buffers,
        when,
      };
    });
    return new Graph(this.#gpu.device, nodes, tokenUniforms, tokens);
  }

  // One uniform buffer per distinct (kernel, params): layers share them.
  #uniform(
    spec: DispatchSpec,
    tokens: number,
    uniforms: Map<string, GPUBuffer>,
    tokenUniforms: TokenUniform[],
  ): GPUBuffer {
    const key = `${spec.kernel.name} ${JSON.stringify(spec.params)}`;
    const known = uniforms.get(key);
    if (known) return known;
    const buffer = this.#pool.uniform(key, packParams(spec.kernel, { ...spec.params, tokens }));
    uniforms.set(key, buffer);
    if (spec.kernel.params.some((field) => field.name === 'tokens')) {
      tokenUniforms.push({ kernel: spec.kernel, params: spec.params, buffer });
    }
    return buffer;
  }
}

// The grid, if nothing that varies from pass to pass decides it: what a pure function does not read cannot change its
// result. Computing it anew for every dispatch of every token took a fifth of the time to encode them.
function constantGrid(variant: KernelVariant, params: KernelShape, columns: boolean): WorkgroupCounts | null {
  let varies = false;
  const shape = new Proxy<KernelShape>(
    { tokens: 1, position: 0, ...params },
    {
      get(target, name) {
        varies ||= name === 'tokens' || name === 'position' || (columns && name === 'columns');
        return Reflect.get(target, name);
      },
    },
  );
  const counts = variant.workgroups(shape);
  return varies ? null : counts;
}

/** A compiled list of dispatches. Its buffers belong to the pool. */
export class Graph {
  readonly #device: GPUDevice;
  readonly #nodes: readonly Node[];
  readonly #tokenUniforms: readonly TokenUniform[];
  #tokens: number;

  constructor(
    device: GPUDevice,
    nodes: readonly Node[],
    tokenUniforms: readonly TokenUniform[],
    tokens: number,
  ) {
    this.#device = device;
    this.#nodes = nodes;
    this.#tokenUniforms = tokenUniforms;
    this.#tokens = tokens;
  }

  /** The dispatches of a pass, or without one those of any, in order; for reports. */
  describe(pass?: PassShape): readonly DispatchInfo[] {
    return this.#nodes.flatMap((node, index) => {
      const { label, layout, overrides, compiled, buffers, params, when } = node;
      if (pass && when && !when(pass)) return [];
      const { kernel: op, variant } = compiled;
      const kernel = `${op.name}/${variant.name}`;
      const workgroups = (shape: PassShape) => {
        const [x, y, z] = gridOf(node, shape);
        return x * y * z;
      };
      return [{ index, label, kernel, op, variant, layout, overrides, buffers, params, workgroups }];
    });
  }

  /** Another variant of its kernel for the dispatch with this index, in everything that is encoded afterwards. */
  replace(index: number, compiled: CompiledKernel): void {
    const node = this.#nodes[index];
    node.compiled = compiled;
    node.grid = constantGrid(compiled.variant, node.params, node.columns);
  }

  /**
   * Takes the variants that other graphs have for the same work (label, operation, first row of a shard), so that results
   * have the same bits, tuned or not. Dispatches whose columns share weights stay as they are.
   */
  adopt(others: readonly Graph[]): void {
    const known = new Map(
      others.flatMap((other) => other.#nodes.map((node) => [workOf(node), node.compiled])),
    );
    this.#nodes.forEach((node, index) => {
      const compiled = known.get(workOf(node));
      if (compiled && !node.compiled.variant.sharesWeights) this.replace(index, compiled);
    });
  }

  /** Encodes one dispatch with another variant of its kernel: same buffers, other pipeline and grid. */
  encodeWith(pass: GPUComputePassEncoder, shape: PassShape, index: number, compiled: CompiledKernel): void {
    const { bindGroup, params } = this.#nodes[index];
    pass.setPipeline(compiled.pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(...compiled.variant.workgroups({ ...shape, ...params }));
  }

  /** Writes the `tokens` params when they change. Takes effect for everything submitted afterwards. */
  setTokens(tokens: number): void {
    if (tokens === this.#tokens) return;
    this.#tokens = tokens;
    for (const { kernel, params, buffer } of this.#tokenUniforms) {
      this.#device.queue.writeBuffer(buffer, 0, packParams(kernel, { ...params, tokens }));
    }
  }

  /** Encodes the dispatches from `first` up to, but not including, `end`, as far as they are part of the pass. Default: all. */
  encode(pass: GPUComputePassEncoder, shape: PassShape, first = 0, end = this.#nodes.length): void {
    for (let index = first; index < end; index++) {
      const node = this.#nodes[index];
      if (node.when && !node.when(shape)) continue;
      pass.setPipeline(node.compiled.pipeline);
      pass.setBindGroup(0, node.bindGroup);
      const [x, y, z] = gridOf(node, shape);
      pass.dispatchWorkgroups(x, y, z);
    }
  }
}

const PASS_FIELDS = ['tokens', 'position', 'columns'] as const;

function gridOf(node: Node, shape: PassShape): WorkgroupCounts {
  if (node.grid) return node.grid;
  // One object per dispatch for all passes: making one each time took a tenth of the time to encode a step.
  const { merged, params } = node;
  // A param overrules the pass; what neither has is undefined again, whatever the pass before had.
  for (const name of PASS_FIELDS) merged[name] = params[name] ?? shape[name];
  return node.compiled.variant.workgroups(merged as KernelShape);
}

function workOf({ label, compiled, layout, params }: Node): string {
  return [label, compiled.kernel.name, layout ?? '', params.first_row ?? 0].join(' ');
}
