// Activations as a quantised network sees them: int8 with one scale per token, or per 32 columns (absmax / 127).

import type { StatedActivations } from '../quant/quantization-metadata.ts';
import { roundCode } from './rtn.ts';

const LARGEST = 127;
const MIN_MAXIMUM = 1e-5;
const BLOCK_COLUMNS = 32;

/** Rounds x [tokens, columns] f32 in place. */
export function quantizeActivations(x: Float32Array, columns: number, activations: StatedActivations): void {
  if (activations === 'float') return;
  const run = activations === 'int8-token' ? columns : BLOCK_COLUMNS;
  for (let first = 0; first < x.length; first += run) {
    let largest = MIN_MAXIMUM;
    for (let at = first; at < first + run; at++) largest = Math.max(largest, Math.abs(x[at]));
    const scale = largest / LARGEST;
    for (let at = first; at < first + run; at++) {
      x[at] = roundCode(x[at], scale, -LARGEST - 1, LARGEST) * scale;
    }
  }
}
