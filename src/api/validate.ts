// Checks the arguments of the public functions and copies what may cross the worker boundary.

import { EngineError } from '../errors.ts';
import { describeRange, isInRange, type NumberRange, SAMPLING_RANGES } from '../util/sampling-ranges.ts';
import type {
  Arithmetic,
  AutotuneMode,
  Backend,
  ChatMessage,
  GenerateOptions,
  HeadPrecision,
  KvCacheKind,
  ModelSource,
  PerplexityOptions,
  PrefillMode,
  SpeculationMode,
} from './types.ts';

/** More stop strings than this slow down every token for nothing. */
const MAX_STOP_STRINGS = 32;

/** Answers side by side: what a pass takes at most. */
const ANSWERS: NumberRange = { min: 1, max: 8, integer: true };

const COUNT: NumberRange = { min: 1, max: 2 ** 31 - 1, integer: true };

const ROLES: readonly unknown[] = ['system', 'user', 'assistant'];

/**
 * Copies the options that the worker understands; absent ones stay absent, unknown ones are left out.
 * @throws EngineError 'bad-argument' that names the option, its value and its range
 */
export function validateGenerateOptions(options: GenerateOptions): GenerateOptions {
  if (typeof options !== 'object' || options === null) throw badArgument('options', options, 'an object');
  const given: Readonly<Record<string, unknown>> = { ...options };
  const checked: Record<string, unknown> = {};
  for (const [name, range] of Object.entries({ ...SAMPLING_RANGES, maxTokens: COUNT, n: ANSWERS })) {
    if (given[name] === undefined) continue;
    if (!isInRange(given[name], range)) throw badArgument(name, given[name], describeRange(range));
    checked[name] = given[name];
  }
  if (options.speculation !== undefined) checked.speculation = checkSpeculation(options.speculation);
  if (options.stop !== undefined) checked.stop = checkStop(options.stop);
  if (options.enableThinking !== undefined) {
    checked.enableThinking = checkBoolean('enableThinking', options.enableThinking);
  }
  return checked;
}

/**
 * Copies the options of a measurement of perplexity; absent ones stay absent, unknown ones are left out.
 * @throws EngineError 'bad-argument' that names the option, its value and its range; limits of the model are checked later
 */
export function validatePerplexityOptions(options: PerplexityOptions): PerplexityOptions {
  if (typeof options !== 'object' || options === null) throw badArgument('options', options, 'an object');
  const { windowTokens, strideTokens, windows, beginToken } = options;
  const counts = Object.entries({ windowTokens, strideTokens, windows }).filter(
    ([, value]) => value !== undefined,
  );
  for (const [name, value] of counts) {
    if (!isInRange(value, COUNT)) throw badArgument(name, value, describeRange(COUNT));
  }
  return {
    ...Object.fromEntries(counts),
    ...(beginToken !== undefined && { beginToken: checkBoolean('beginToken', beginToken) }),
  };
}

function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw badArgument(name, value, 'true or false');
  return value;
}

function checkSpeculation(mode: unknown): SpeculationMode {
  if (mode === 'off' || mode === 'prompt-lookup') return mode;
  throw badArgument('speculation', mode, "'off' or 'prompt-lookup'");
}

function checkStop(stop: unknown): string[] {
  const valid = Array.isArray(stop) && stop.length <= MAX_STOP_STRINGS;
  if (!valid || !stop.every((text) => typeof text === 'string' && text !== '')) {
    throw badArgument('stop', stop, `an array of at most ${MAX_STOP_STRINGS} non-empty strings`);
  }
  return [...stop];
}

/** @throws EngineError 'bad-argument' unless it is a non-empty array of messages with known roles and string contents */
export function checkMessages(messages: readonly ChatMessage[]): ChatMessage[] {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw badArgument('messages', messages, 'an array with at least one message');
  }
  return messages.map((message: unknown, index) => {
    const { role, content } = (message ?? {}) as Partial<ChatMessage>;
    if (!ROLES.includes(role) || role === undefined) {
      throw badArgument(`messages[${index}].role`, role, "'system', 'user' or 'assistant'");
    }
    return { role, content: checkText(`messages[${index}].content`, content) };
  });
}

/** @throws EngineError 'bad-argument' unless it is a string */
export function checkText(name: string, text: unknown): string {
  if (typeof text !== 'string') throw badArgument(name, text, 'a string');
  return text;
}

const KV_CACHE_KINDS: readonly KvCacheKind[] = ['f32', 'f16', 'int8', 'int4'];

/** Load options that are checked here; see `LoadOptions`. */
export interface CheckedLoad {
  readonly model: ModelSource;
  readonly contextLength?: number;
  readonly kvCache?: KvCacheKind;
  readonly store?: boolean;
  readonly backend?: Backend;
  readonly threads?: number;
  readonly powerPreference?: GPUPowerPreference;
  readonly arithmetic?: Arithmetic;
  readonly head?: HeadPrecision;
  readonly autotune?: AutotuneMode;
  readonly prefill?: PrefillMode;
  readonly subgroupMatrix?: boolean;
}

/** @throws EngineError 'bad-argument'; the fields of a manifest record are checked in the worker ('bad-file') */
export function checkLoad(load: CheckedLoad): CheckedLoad {
  const { model, contextLength, kvCache, store, powerPreference, arithmetic, head, autotune, prefill } = load;
  const { backend, threads, subgroupMatrix } = load;
  if (threads !== undefined && !isInRange(threads, COUNT))
    throw badArgument('threads', threads, describeRange(COUNT));
  const backends: readonly unknown[] = [undefined, 'auto', 'webgpu', 'wasm'];
  if (!backends.includes(backend)) throw badArgument('backend', backend, "'auto', 'webgpu' or 'wasm'");
  const isSource =
    (typeof model === 'string' && model !== '') || (typeof model === 'object' && model !== null);
  if (!isSource) throw badArgument('model', model, 'a URL, a manifest record, or a File');
  if (contextLength !== undefined && !isInRange(contextLength, COUNT)) {
    throw badArgument('contextLength', contextLength, describeRange(COUNT));
  }
  const kinds: readonly unknown[] = [undefined, ...KV_CACHE_KINDS];
  if (!kinds.includes(kvCache)) throw badArgument('kvCache', kvCache, `one of ${KV_CACHE_KINDS.join(', ')}`);
  if (store !== undefined) checkBoolean('store', store);
  if (subgroupMatrix !== undefined) checkBoolean('subgroupMatrix', subgroupMatrix);
  const preferences: readonly unknown[] = [undefined, 'low-power', 'high-performance'];
  if (!preferences.includes(powerPreference)) {
    throw badArgument('powerPreference', powerPreference, "'low-power' or 'high-performance'");
  }
  const arithmetics: readonly unknown[] = [undefined, 'exact', 'block'];
  if (!arithmetics.includes(arithmetic)) throw badArgument('arithmetic', arithmetic, "'exact' or 'block'");
  const heads: readonly unknown[] = [undefined, 'file', 'int8', 'int6', 'int4-hadamard'];
  if (!heads.includes(head)) throw badArgument('head', head, "'file', 'int8', 'int6' or 'int4-hadamard'");
  const modes: readonly unknown[] = [undefined, 'off', 'cached', 'on'];
  if (!modes.includes(autotune)) throw badArgument('autotune', autotune, "'off', 'cached' or 'on'");
  const paces: readonly unknown[] = [undefined, 'friendly', 'fast'];
  if (!paces.includes(prefill)) throw badArgument('prefill', prefill, "'friendly' or 'fast'");
  return {
    model,
    contextLength,
    kvCache,
    store,
    backend,
    threads,
    powerPreference,
    arithmetic,
    head,
    autotune,
    prefill,
    subgroupMatrix,
  };
}

/** The error of an argument that is out of range or of the wrong kind. */
export function badArgument(name: string, observed: unknown, expected: string): EngineError {
  const shown = show(observed);
  return new EngineError(
    'bad-argument',
    `Argument ${name} is ${shown}; expected ${expected}. Correct the call.`,
    {
      details: { argument: name, observed: shown, expected },
    },
  );
}

function show(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return typeof value;
  try {
    return (JSON.stringify(value) ?? typeof value).slice(0, 80);
  } catch {
    return typeof value;
  }
}
