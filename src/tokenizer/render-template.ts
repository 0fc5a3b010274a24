// Runs a Jinja template with the globals that chat templates expect. As the library's Template, except that dates are
// written in English rather than in the language of the browser, and can be fixed by the caller.

import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import { strftime } from './strftime.ts';

/** Whitespace rules of Hugging Face's chat templates. */
const TOKENIZE_OPTIONS = { lstrip_blocks: true, trim_blocks: true };
/** A template that builds longer lists is not a chat template; keeps a hostile one from filling the memory. */
const MAX_RANGE_LENGTH = 100_000;

/**
 * Renders a template.
 * @param variables plain data, copied by the caller if templates must not change it
 * @param now date for `strftime_now`
 * @throws Error of the library, or the message that the template raises
 */
export function renderTemplate(
  template: string,
  variables: Readonly<Record<string, unknown>>,
  now: Date,
): string {
  const globals = {
    true: true,
    false: false,
    none: null,
    True: true,
    False: false,
    None: null,
    range,
    raise_exception: (message: unknown) => {
      throw new Error(String(message));
    },
    strftime_now: (format: unknown) => strftime(now, String(format)),
    ...variables,
  };
  const environment = new Environment();
  for (const [name, value] of Object.entries(globals)) environment.set(name, value);
  const result = new Interpreter(environment).run(parse(tokenize(template, TOKENIZE_OPTIONS)));
  return String(result.value);
}

/** Python's range. */
function range(first: number, second?: number | null, step = 1): number[] {
  const [start, stop] = typeof second === 'number' ? [first, second] : [0, first];
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (step === 0 || !(length <= MAX_RANGE_LENGTH)) {
    throw new Error(`range(${start}, ${stop}, ${step}) is longer than ${MAX_RANGE_LENGTH}`);
  }
  return Array.from({ length }, (_, index) => start + index * step);
}
