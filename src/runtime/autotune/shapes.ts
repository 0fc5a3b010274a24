// What there is to tune in a loaded model: the dispatches of a decode step that do the same work for different layers.
import type { Graph } from '../../gpu/graph.ts';
import type { Kernel, KernelProbe, KernelShape } from '../../gpu/kernel.ts';
import type { LoadedModel } from '../../loader/load-model.ts';

/** One dispatch of a graph. */
export interface ShapeMember {
  readonly graph: Graph;
  readonly index: number;
}

/** Dispatches with the same kernel, layout and sizes, each over weights of its own. */
export interface TunableShape {
  /** Kernel, layout and sizes: the same in every model that has such a matrix. */
  readonly key: string;
  /** For people: what they compute, `ffn gate and up`. */
  readonly role: string;
  readonly kernel: Kernel;
  readonly probe: KernelProbe;
  readonly layout: string | undefined;
  readonly params: KernelShape;
  /** Values of overrides that every candidate gets. */
  readonly overrides: Readonly<Record<string, number>>;
  /** Buffers of the first member by binding name. */
  readonly buffers: Readonly<Record<string, GPUBuffer>>;
  readonly members: readonly [ShapeMember, ...ShapeMember[]];
  /** Weights that all members together read. */
  readonly bytes: number;
}

/** Params that decide neither the work nor the grid. */
const IGNORED = new Set(['first_row', 'epsilon', 'stride', 'tokens', 'subgroup_max']);

interface Draft {
  readonly roles: Set<string>;
  readonly members: [ShapeMember, ...ShapeMember[]];
  readonly shape: Omit<TunableShape, 'role' | 'members' | 'bytes'>;
  bytes: number;
}

/** The shapes of a decode step, the one that reads most first. A dispatch that writes more than scratch is left out. */
export function listShapes({ graphs, pool }: Pick<LoadedModel, 'graphs' | 'pool'>): readonly TunableShape[] {
  const drafts = new Map<string, Draft>();
  for (const graph of new Set([graphs.decode, graphs.decodeHead])) {
    graph.describe().forEach(({ index, op: kernel, layout, params, overrides = {}, buffers, label }) => {
      const { probe } = kernel;
      if (probe === undefined) return;
      const written = kernel.bindings.filter(({ access }) => access === 'read-write');
      if (written.some(({ name }) => pool.purposeOf(buffers[name]) !== 'scratch')) return;
      const key = shapeKey(kernel, layout, params, overrides);
      const bytes = [...new Set(Object.values(buffers))]
        .filter((buffer) => pool.purposeOf(buffer) === 'weights')
        .reduce((sum, { size }) => sum + size, 0);
      const role = label.replace(/^blk\.\d+ /, '');
      const known = drafts.get(key);
      if (known === undefined) {
        const shape = { key, kernel, probe, layout, params, overrides, buffers };
        drafts.set(key, { roles: new Set([role]), members: [{ graph, index }], shape, bytes });
      } else {
        known.roles.add(role);
        known.members.push({ graph, index });
        known.bytes += bytes;
      }
    });
  }
  return [...drafts.values()]
    .map(({ roles, members, shape, bytes }) => ({ ...shape, role: [...roles].join(', '), members, bytes }))
    .sort((a, b) => b.bytes - a.bytes);
}

function shapeKey(
  kernel: Kernel,
  layout: string | undefined,
  params: KernelShape,
  overrides: Readonly<Record<string, number>>,
): string {
  const sizes = kernel.params
    .filter(({ name }) => !IGNORED.has(name))
    .map(({ name }) => `${name}=${params[name]}`);
  const fixed = Object.entries(overrides).map(([name, value]) => `${name}=${value}`);
  return [kernel.name, layout ?? '-', ...sizes, ...fixed].join(' ');
}
