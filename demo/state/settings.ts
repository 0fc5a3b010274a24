// What a person can set: the system prompt and the sampling numbers, with their limits and plain explanations.
// null means "as the model recommends". Knows nothing of the DOM.
import type { GenerateOptions, SamplingOptions } from 'sterna';

/** Names of the numeric settings. */
export type NumberSettingName = keyof SamplingOptions | 'maxTokens';

/** Everything that a person can set about answers. */
export interface Settings {
  /** Sent before the first message; an empty string: the one that the model recommends, if any. */
  readonly systemPrompt: string;
  /** null for a number: the model's recommendation, else the engine's default. */
  readonly numbers: Readonly<Record<NumberSettingName, number | null>>;
  /** Let a model that can think do so before it answers. */
  readonly enableThinking: boolean;
  /** Keep the conversation in this browser when the page is closed. */
  readonly keepConversation: boolean;
}

/** One numeric setting: its words and its limits. */
export interface NumberSetting {
  readonly name: NumberSettingName;
  readonly label: string;
  /** One or two plain sentences. */
  readonly explanation: string;
  readonly min: number;
  readonly max: number;
  /** Step of the slider or the number field. */
  readonly step: number;
  /** Whole numbers only. */
  readonly integer: boolean;
  /** A slider for a scale that one feels one's way along; a field for a number that one knows. */
  readonly control: 'slider' | 'field';
  /** What applies when neither the person nor the model says anything; null when it has no number. */
  readonly fallback: number | null;
  /** Words for a null fallback. */
  readonly fallbackLabel?: string;
}

/** Longest system prompt in characters. */
export const MAX_SYSTEM_PROMPT_CHARACTERS = 4_000;

/** The numeric settings in the order in which the panel shows them. Limits are those of the engine's options. */
export const NUMBER_SETTINGS: readonly NumberSetting[] = [
  {
    name: 'temperature',
    label: 'Temperature',
    explanation:
      'How adventurous the choice of words is. 0 always takes the likeliest word; small models derail above about 0.5.',
    min: 0,
    max: 2,
    step: 0.05,
    integer: false,
    control: 'slider',
    fallback: 0,
  },
  {
    name: 'topP',
    label: 'Top-p',
    explanation:
      'Only consider the likeliest words that together make up this share of the probability. 1 considers all.',
    min: 0.05,
    max: 1,
    step: 0.05,
    integer: false,
    control: 'slider',
    fallback: 1,
  },
  {
    name: 'topK',
    label: 'Top-k',
    explanation: 'Only consider this many of the likeliest words. 0 sets no such limit.',
    min: 0,
    max: 1024,
    step: 1,
    integer: true,
    control: 'field',
    fallback: 0,
  },
  {
    name: 'minP',
    label: 'Min-p',
    explanation:
      'Leave out words that are less likely than this share of the likeliest one. 0 leaves out none.',
    min: 0,
    max: 1,
    step: 0.01,
    integer: false,
    control: 'slider',
    fallback: 0,
  },
  {
    name: 'repetitionPenalty',
    label: 'Repetition penalty',
    explanation: 'Above 1, words that were already used become less likely. 1 switches it off.',
    min: 0.5,
    max: 2,
    step: 0.05,
    integer: false,
    control: 'slider',
    fallback: 1,
  },
  {
    name: 'maxTokens',
    label: 'Longest answer',
    explanation:
      'Stop after this many tokens (a token is about three quarters of a word). Empty: as long as it takes.',
    min: 1,
    max: 32_768,
    step: 1,
    integer: true,
    control: 'field',
    fallback: null,
    fallbackLabel: 'no limit',
  },
  {
    name: 'seed',
    label: 'Seed',
    explanation: 'The same seed, chat and settings give the same answer again. Empty: a new one each time.',
    min: 0,
    max: 4_294_967_295,
    step: 1,
    integer: true,
    control: 'field',
    fallback: null,
    fallbackLabel: 'random',
  },
];

/** Everything as the model recommends it. */
export const DEFAULT_SETTINGS: Settings = {
  systemPrompt: '',
  numbers: {
    temperature: null,
    topP: null,
    topK: null,
    minP: null,
    repetitionPenalty: null,
    maxTokens: null,
    seed: null,
  },
  enableThinking: false,
  keepConversation: true,
};

/** The outcome of reading a field: a value, or a sentence that says what is wrong with it. */
export type FieldResult = { readonly value: number | null } | { readonly problem: string };

/** Reads what a person typed. Blank text is null: the recommendation. A decimal comma is taken for a point. */
export function readNumberField(setting: NumberSetting, text: string): FieldResult {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return { value: null };
  const value = Number(trimmed);
  if (!Number.isFinite(value)) return { problem: `${setting.label} is “${text.trim()}”. Enter a number.` };
  if (setting.integer && !Number.isInteger(value)) {
    return { problem: `${setting.label} is ${trimmed}. Enter a whole number.` };
  }
  if (value < setting.min || value > setting.max) {
    return {
      problem: `${setting.label} is ${trimmed}. Enter a number from ${setting.min} to ${setting.max}.`,
    };
  }
  return { value };
}

/**
 * Reads stored settings. Storage is untrusted: each field that is missing, of another type or out of range
 * falls back to its default, the others are kept.
 */
export function parseSettings(text: string | null): Settings {
  if (text === null) return DEFAULT_SETTINGS;
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch {
    return DEFAULT_SETTINGS;
  }
  if (typeof stored !== 'object' || stored === null) return DEFAULT_SETTINGS;
  const { systemPrompt, numbers, enableThinking, keepConversation } = stored as Partial<
    Record<keyof Settings, unknown>
  >;
  return {
    systemPrompt: isSystemPrompt(systemPrompt) ? systemPrompt : '',
    numbers: parseNumbers(numbers),
    enableThinking: enableThinking === true,
    keepConversation: typeof keepConversation === 'boolean' ? keepConversation : true,
  };
}

/** Text for storage; `parseSettings` reads it. */
export function serialiseSettings(settings: Settings): string {
  return JSON.stringify(settings);
}

/** Whether answers are set otherwise than the model recommends. */
export function isCustomised(settings: Settings): boolean {
  return (
    settings.systemPrompt !== '' ||
    settings.enableThinking ||
    Object.values(settings.numbers).some((value) => value !== null)
  );
}

/** The options for the engine: only what the person set; the engine fills in the model's recommendation. */
export function toGenerateOptions(settings: Settings): GenerateOptions {
  const chosen = Object.entries(settings.numbers).filter(([, value]) => value !== null);
  const options: GenerateOptions = Object.fromEntries(chosen);
  return settings.enableThinking ? { ...options, enableThinking: true } : options;
}

/** The system prompt to send: the person's, else the model's, else an empty string. */
export function effectiveSystemPrompt(settings: Settings, recommended: string | undefined): string {
  return settings.systemPrompt.trim() || (recommended ?? '');
}

/** The number that applies now, for showing it: chosen, else recommended, else the fallback. */
export function effectiveNumber(
  setting: NumberSetting,
  settings: Settings,
  recommended: SamplingOptions,
): number | null {
  const chosen = settings.numbers[setting.name];
  if (chosen !== null) return chosen;
  return recommendedNumber(setting, recommended);
}

/** The number that applies when the person sets nothing; null when there is none. */
export function recommendedNumber(setting: NumberSetting, recommended: SamplingOptions): number | null {
  const fromModel = setting.name === 'maxTokens' ? undefined : recommended[setting.name];
  return fromModel ?? setting.fallback;
}

function isSystemPrompt(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_SYSTEM_PROMPT_CHARACTERS;
}

function parseNumbers(stored: unknown): Settings['numbers'] {
  const numbers: Record<NumberSettingName, number | null> = { ...DEFAULT_SETTINGS.numbers };
  if (typeof stored !== 'object' || stored === null) return numbers;
  const record = stored as Record<string, unknown>;
  for (const setting of NUMBER_SETTINGS) {
    const value = record[setting.name];
    if (typeof value !== 'number') continue;
    const result = readNumberField(setting, String(value));
    if ('value' in result) numbers[setting.name] = result.value;
  }
  return numbers;
}
