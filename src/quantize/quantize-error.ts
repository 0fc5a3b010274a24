// Errors of `sterna quantize`: a stable reason beside the code, in details.reason, for programs and for the documents.

import { EngineError, type EngineErrorCode, type ErrorDetails } from '../errors.ts';

/** Stable reasons; docs/recipes.md lists them. */
export type QuantizeReason =
  | 'unknown-preset'
  | 'bad-json'
  | 'bad-key'
  | 'missing-key'
  | 'missing-tensor'
  | 'bad-value'
  | 'unknown-method'
  | 'unknown-tensor'
  | 'bad-group'
  | 'bad-layer-range'
  | 'bad-structure'
  | 'percent-out-of-range'
  | 'bad-combination'
  | 'width-not-divisible'
  | 'layer-norm'
  | 'already-quantized'
  | 'calibration-missing'
  | 'calibration-too-short'
  | 'non-finite-weight';

/** An EngineError with a reason. */
export function quantizeError(
  code: EngineErrorCode,
  reason: QuantizeReason,
  message: string,
  details: ErrorDetails = {},
): EngineError {
  return new EngineError(code, message, { details: { reason, ...details } });
}
