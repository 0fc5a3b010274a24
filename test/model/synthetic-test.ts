// One synthetic model and how the engine must run it.
import type { KvKind } from '../../shaders/common/kv/layout.ts';
import type { SyntheticModel } from './synthetic-models.ts';

/** A model, how it is loaded, and what the reference must know of it. */
export interface SyntheticTest extends SyntheticModel {
  /** Arithmetic that the engine must choose. */
  readonly activations: 'float' | 'int8' | 'int8-blocks';
  /** How it is loaded. Default exact. */
  readonly arithmetic?: 'exact' | 'block';
  /** Decode steps must be fused. Default: the plain graph decodes, as on all adapters that compute on the CPU. */
  readonly fused?: boolean;
  /** Storage of keys and values. Default f32. */
  readonly kvCache?: KvKind;
  /** The reference is another model: what a rotation must leave as it is. */
  readonly sameAs?: SyntheticModel;
  /** Layers are BitLinears. Default: activations is int8. */
  readonly isBitLinear?: boolean;
  /** [Dh / 2] expected radians per position. Default: base 10 000, unscaled. */
  readonly frequencies?: readonly number[];
}
