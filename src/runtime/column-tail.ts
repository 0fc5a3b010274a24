// The tail of a pass: penalties, choice of the token of every column, and what follows for the state, all on the GPU.
import { accept } from '../../shaders/accept/kernel.ts';
import { advance } from '../../shaders/advance/kernel.ts';
import { argmax } from '../../shaders/argmax/kernel.ts';
import { penalize } from '../../shaders/penalize/kernel.ts';
import { sample } from '../../shaders/sample/kernel.ts';
import type { BufferPool } from '../gpu/buffers.ts';
import { type Graph, GraphBuilder } from '../gpu/graph.ts';
import type { LoadedModel } from '../loader/load-model.ts';
import type { SamplingSettings } from './sampling.ts';

/** How the token is chosen. */
export interface TailKind {
  readonly greedy: boolean;
  readonly penalized: boolean;
}

/** Buffers of a tail. */
export interface TailBuffers {
  readonly ring: GPUBuffer; // [RING_SIZE, sequences] u32
  readonly seen: GPUBuffer; // [sequences, V] u32
  readonly settings: GPUBuffer; // 64 bytes
  readonly chosen: GPUBuffer; // [max(columns, 4)] u32
  readonly logits: GPUBuffer; // [columns, V] f32, or [V]
}

/** What the columns of a pass are. */
export interface TailForm {
  /** `next`: one token, or one of each sequence. `drafts`: column c follows after c drafted tokens. */
  readonly columns: 'next' | 'drafts';
  /** Sequences side by side. */
  readonly sequences: number;
  /** All sequences have the logits of the first column: those of the prompt that they share. */
  readonly sharedLogits?: boolean;
}

/** The kind that settings ask for. */
export function tailKind(settings: SamplingSettings): TailKind {
  return { greedy: settings.temperature === 0, penalized: settings.repetitionPenalty !== 1 };
}

/** Compiles a tail; uniforms belong to `pool`. @throws EngineError 'gpu-error' */
export function buildTail(
  model: LoadedModel,
  pool: BufferPool,
  buffers: TailBuffers,
  { greedy, penalized }: TailKind,
  { columns, sequences, sharedLogits = false }: TailForm,
): Promise<Graph> {
  const { ids, state } = model.model.ports;
  const { ring, seen, settings, chosen, logits } = buffers;
  const v = model.shape.vocabularySize;
  const stride = sharedLogits ? 0 : v;
  const builder = new GraphBuilder(model.gpu, model.pipelines, pool);
  if (penalized) {
    // Sequences that share logits share what was seen too, so the first one's marks do for all.
    builder.add({
      label: 'penalize',
      kernel: penalize,
      buffers: { seen, settings, ids, logits },
      params: { v, parallel: sequences > 1 ? 1 : 0, ...(sharedLogits && { columns: 1 }) },
    });
  }
  if (greedy) {
    builder.add({ label: 'argmax', kernel: argmax, buffers: { logits, chosen }, params: { v, stride } });
  } else {
    builder.add({
      label: 'sample',
      kernel: sample,
      buffers: { logits, settings, state, chosen },
      params: { v, stride, parallel: sequences > 1 ? 1 : 0 },
    });
  }
  if (columns === 'drafts') {
    builder.add({
      label: 'accept',
      kernel: accept,
      buffers: { chosen, state, ids, ring, seen },
      params: { v },
    });
  } else {
    builder.add({
      label: 'advance',
      kernel: advance,
      buffers: { chosen, state, ids, ring, seen },
      params: { sequences, v },
    });
  }
  return builder.build(1, { columns: columns === 'drafts' || sequences > 1 });
}
