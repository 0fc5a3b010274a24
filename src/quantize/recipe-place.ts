// Where in a recipe something stands, for messages that name the key.

import type { EngineError } from '../errors.ts';
import type { JsonRecord } from '../util/json.ts';
import { type QuantizeReason, quantizeError } from './quantize-error.ts';

/** Where in a recipe something stands: makes messages that name the key. */
export class RecipePlace {
  readonly #fileName: string;
  readonly #path: string;

  /** @param path of keys from the top; empty at the top */
  constructor(fileName: string, path: string) {
    this.#fileName = fileName;
    this.#path = path;
  }

  /** The place of a key below this one. */
  key(name: string): RecipePlace {
    return new RecipePlace(this.#fileName, this.#path === '' ? name : `${this.#path}.${name}`);
  }

  /** @throws EngineError 'bad-argument' with the reason bad-key for a key that is not in the list */
  requireKeys(json: JsonRecord, known: readonly string[]): void {
    const stranger = Object.keys(json).find((key) => !known.includes(key));
    if (stranger === undefined) return;
    throw this.key(stranger).error('bad-key', 'not a key of recipes', known.join(', '));
  }

  /** One of several words. @throws EngineError 'bad-argument' with the reason bad-value */
  choice<T extends string>(json: JsonRecord, key: string, known: readonly T[], fallback: T): T {
    const value = json[key];
    if (value === undefined) return fallback;
    const found = known.find((word) => word === value);
    if (found !== undefined) return found;
    throw this.key(key).error('bad-value', JSON.stringify(value), known.join(', '));
  }

  /** An error about this place. */
  error(reason: QuantizeReason, observed: string, expected: string): EngineError {
    const what = this.#path === '' ? '' : `${this.#path} of `;
    return quantizeError(
      'bad-argument',
      reason,
      `${what}recipe ${this.#fileName} is ${observed}; expected ${expected}. Correct the recipe.`,
      { file: this.#fileName, field: this.#path },
    );
  }
}
