// Reads a text for the commands that measure on one.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { EngineError } from '../errors.ts';

/** A text with its name for reports. */
export interface TextFile {
  readonly name: string;
  readonly text: string;
}

/**
 * Reads a file as UTF-8; `-` stands for stdin.
 * @throws EngineError 'bad-argument' when it cannot be read or is empty
 */
export function readTextFile(path: string): TextFile {
  const text = read(path);
  if (text !== '') return { name: path === '-' ? 'stdin' : basename(path), text };
  throw new EngineError('bad-argument', `The text ${path} is empty. Give a file with text.`, {
    details: { file: path },
  });
}

function read(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError('bad-argument', `The text ${path} cannot be read: ${reason}. Check the path.`, {
      details: { file: path },
      cause,
    });
  }
}
