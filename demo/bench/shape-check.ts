// Checks the values of files of others against a shape.
import type { Shape } from './report-shape.ts';

const MAX_ENTRIES = 500;
const MAX_TEXT = 1000;

/** Compares a value of a file with a shape. @param path name of the value, for the sentence @returns what differs from the shape first, or null */
export function findMismatch(value: unknown, shape: Shape, path: string): string | null {
  if (shape === 'number')
    return typeof value === 'number' && Number.isFinite(value) ? null : `${path} is no number`;
  if (shape === 'string') {
    return typeof value === 'string' && value.length <= MAX_TEXT ? null : `${path} is no short text`;
  }
  if (shape === 'boolean') return typeof value === 'boolean' ? null : `${path} is neither true nor false`;
  if ('optional' in shape) return value === undefined ? null : findMismatch(value, shape.optional, path);
  if ('nullable' in shape) return value === null ? null : findMismatch(value, shape.nullable, path);
  if ('list' in shape) {
    if (!Array.isArray(value) || value.length > MAX_ENTRIES) return `${path} is no list`;
    return firstMismatch(value.map((entry, index) => [entry, shape.list, `${path}[${index}]`]));
  }
  if (typeof value !== 'object' || value === null) return `${path} is missing`;
  const record = value as Record<string, unknown>;
  return firstMismatch(
    Object.entries(shape.fields).map(([name, field]) => [record[name], field, `${path}.${name}`]),
  );
}

function firstMismatch(parts: readonly (readonly [unknown, Shape, string])[]): string | null {
  for (const [value, shape, path] of parts) {
    const wrong = findMismatch(value, shape, path);
    if (wrong !== null) return wrong;
  }
  return null;
}
