// Errors as clone-safe records. Structured clone keeps only name and message of an Error; codes, details and causes
// of an EngineError must survive the way from the worker to the page.

import { EngineError, type EngineErrorCode, type ErrorDetails } from '../errors.ts';

/** An error as it crosses the worker boundary. */
export type ErrorRecord =
  | {
      readonly kind: 'engine';
      readonly code: EngineErrorCode;
      readonly message: string;
      readonly details: ErrorDetails;
      readonly stack: string | null;
      readonly cause: ErrorRecord | null;
    }
  /** AbortError and its relatives. */
  | { readonly kind: 'dom'; readonly name: string; readonly message: string }
  | {
      readonly kind: 'error';
      readonly name: string;
      readonly message: string;
      readonly stack: string | null;
      readonly cause: ErrorRecord | null;
    }
  /** A thrown value that is not an error, as text. */
  | { readonly kind: 'other'; readonly text: string };

/** A chain longer than this is a cycle or of no use to a reader. */
const MAX_CAUSES = 8;

/** Records an error with its chain of causes (at most eight; deeper ones are left out). */
export function toErrorRecord(error: unknown, depth = 0): ErrorRecord {
  if (error instanceof DOMException) return { kind: 'dom', name: error.name, message: error.message };
  if (!(error instanceof Error)) return { kind: 'other', text: textOf(error) };
  const hasCause = error.cause !== undefined && depth < MAX_CAUSES;
  const cause = hasCause ? toErrorRecord(error.cause, depth + 1) : null;
  const { message, name } = error;
  const stack = error.stack ?? null;
  return error instanceof EngineError
    ? { kind: 'engine', code: error.code, message, details: error.details, stack, cause }
    : { kind: 'error', name, message, stack, cause };
}

/** The inverse of `toErrorRecord`. The stack is that of the worker; a value that was no error comes back as text. */
export function fromErrorRecord(record: ErrorRecord): unknown {
  switch (record.kind) {
    case 'dom':
      return new DOMException(record.message, record.name);
    case 'other':
      return record.text;
    case 'engine': {
      const cause = record.cause === null ? undefined : fromErrorRecord(record.cause);
      const error = new EngineError(record.code, record.message, { details: record.details, cause });
      if (record.stack !== null) error.stack = record.stack;
      return error;
    }
    case 'error': {
      const options = record.cause === null ? undefined : { cause: fromErrorRecord(record.cause) };
      const error = new Error(record.message, options);
      error.name = record.name;
      if (record.stack !== null) error.stack = record.stack;
      return error;
    }
    default:
      return record satisfies never;
  }
}

/**
 * What may leave the engine: EngineErrors and aborts as they are. A failed allocation becomes `out-of-memory`.
 * Everything else is a defect of the engine, most often a WebGPU call that threw: it becomes `gpu-error`, with the
 * original as cause.
 */
export function asPublicError(error: unknown): EngineError | DOMException {
  if (error instanceof EngineError) return error;
  if (error instanceof DOMException && (error.name === 'AbortError' || error.name === 'TimeoutError'))
    return error;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : textOf(error);
  if (error instanceof RangeError && /alloc|memory|array length/i.test(error.message)) {
    const message = `Memory could not be allocated (${text}). Close other tabs or use a smaller model.`;
    return new EngineError('out-of-memory', message, { cause: error });
  }
  const message = `Unexpected failure in the engine: ${text}. This is a defect; please report it with its cause and stack.`;
  return new EngineError('gpu-error', message, { cause: error });
}

function textOf(value: unknown): string {
  try {
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return String(value);
  }
}
