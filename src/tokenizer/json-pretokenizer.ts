// The pre_tokenizer part of tokenizer.json: a tree of steps, mapped to our passes. Only known patterns are accepted:
// running regular expressions from a file would differ between engines and could be quadratic.

import { EngineError } from '../errors.ts';
import { isRecord, type JsonRecord } from '../util/json.ts';
import {
  ASCII_SYMBOLS,
  asciiTriplesPass,
  GPT2_WORDS,
  LLAMA3_WORDS,
  numbersPass,
  type Pass,
  punctuationPass,
  QWEN2_WORDS,
  singleDigitsPass,
  wordPass,
} from './pretokenizers.ts';

/** How one tokenizer.json cuts words. */
export interface JsonPretokenizer {
  readonly passes: readonly Pass[];
  /** Name for `tokenizer.ggml.pre`, or null when GGUF has none for it. */
  readonly ggufName: string | null;
}

interface Step {
  readonly pass: Pass | null;
  readonly ggufName: string;
}

const LLAMA3_PATTERN =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const GPT2_PATTERN = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)";

const SPLIT_STEPS: ReadonlyMap<string, Step> = new Map([
  [LLAMA3_PATTERN, { pass: wordPass(LLAMA3_WORDS), ggufName: 'llama-bpe' }],
  [LLAMA3_PATTERN.replace('{1,3}', ''), { pass: wordPass(QWEN2_WORDS), ggufName: 'qwen2' }],
  [GPT2_PATTERN, { pass: wordPass(GPT2_WORDS), ggufName: 'gpt-2' }],
  [`${GPT2_PATTERN}|\\s+`, { pass: wordPass(GPT2_WORDS), ggufName: 'gpt-2' }],
  ['[0-9][0-9][0-9]', { pass: asciiTriplesPass, ggufName: 'triples' }],
]);

/** Step names of sequences that have one GGUF name. */
const SEQUENCE_NAMES: ReadonlyMap<string, string> = new Map([
  ['punctuation gpt-2 numbers triples', 'falcon'],
  ['digits gpt-2', 'smollm'],
]);

/**
 * Maps a pre_tokenizer to passes.
 * @throws EngineError 'unsupported-model' for a step or pattern that is not known
 */
export function parsePretokenizer(value: unknown, fileName: string): JsonPretokenizer {
  const steps = collectSteps(value, fileName);
  const names = steps.filter(({ pass }) => pass !== null).map(({ ggufName }) => ggufName);
  return {
    passes: steps.flatMap(({ pass }) => (pass === null ? [] : [pass])),
    ggufName: names.length === 1 ? names[0] : (SEQUENCE_NAMES.get(names.join(' ')) ?? null),
  };
}

function collectSteps(value: unknown, fileName: string): Step[] {
  if (!isRecord(value)) throw unsupported(value, fileName);
  if (value.type === 'Sequence' && Array.isArray(value.pretokenizers)) {
    return value.pretokenizers.flatMap((part: unknown) => collectSteps(part, fileName));
  }
  const step = parseStep(value);
  if (step === null) throw unsupported(value, fileName);
  return [step];
}

function parseStep(value: JsonRecord): Step | null {
  switch (value.type) {
    case 'ByteLevel':
      if (value.add_prefix_space === true) return null;
      // Without its own regular expression the step only maps bytes, which BPE does anyway.
      if (value.use_regex === false) return { pass: null, ggufName: '' };
      return { pass: wordPass(GPT2_WORDS), ggufName: 'gpt-2' };
    case 'Split':
      if (value.behavior !== 'Isolated' || value.invert === true || !isRecord(value.pattern)) return null;
      return SPLIT_STEPS.get(String(value.pattern.Regex)) ?? null;
    case 'Digits':
      return value.individual_digits === true
        ? { pass: singleDigitsPass, ggufName: 'digits' }
        : { pass: numbersPass, ggufName: 'numbers' };
    case 'Punctuation':
      if (value.behavior !== 'Contiguous') return null;
      return { pass: punctuationPass(ASCII_SYMBOLS), ggufName: 'punctuation' };
    default:
      return null;
  }
}

function unsupported(value: unknown, fileName: string): EngineError {
  return new EngineError(
    'unsupported-model',
    `${fileName}/tokenizer.json cuts words by ${JSON.stringify(value)?.slice(0, 120)}, which is not supported; expected the patterns of GPT-2, Llama 3, Qwen 2 or Falcon. Use another model.`,
    { details: { file: fileName, field: 'pre_tokenizer' } },
  );
}
