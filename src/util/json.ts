// JSON from files that are not trusted: parsed to unknown and narrowed where it is used.

import { EngineError } from '../errors.ts';

/** A JSON object. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object (not an array, not null). */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses a JSON object.
 * @param fileName for messages
 * @throws EngineError 'bad-file' when the text is not JSON or not an object
 */
export function parseJsonRecord(text: string, fileName: string): JsonRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new EngineError('bad-file', `${fileName} is not JSON. Download the file again.`, {
      details: { file: fileName },
      cause,
    });
  }
  if (isRecord(value)) return value;
  throw new EngineError(
    'bad-file',
    `${fileName} holds a JSON value that is no object; expected an object. Download the file again.`,
    { details: { file: fileName } },
  );
}
