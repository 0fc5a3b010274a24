// Everything that the graphs of a decoder are made of.
import type { BuildContext, ModelPorts } from '../architecture.ts';
import type { DecoderConfig } from './decoder-config.ts';
import type { DecoderScratch } from './decoder-scratch.ts';
import type { DecoderWeights } from './decoder-weights.ts';

/** One decoder: what it is, its buffers, and where it is built. */
export interface DecoderParts {
  readonly config: DecoderConfig;
  readonly weights: DecoderWeights;
  readonly scratch: DecoderScratch;
  readonly ports: ModelPorts;
  readonly context: BuildContext;
}
