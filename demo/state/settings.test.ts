import { describe, expect, it } from 'vitest';
import {
  DEFAULT_SETTINGS,
  effectiveNumber,
  effectiveSystemPrompt,
  isCustomised,
  NUMBER_SETTINGS,
  type NumberSetting,
  type NumberSettingName,
  parseSettings,
  readNumberField,
  type Settings,
  serialiseSettings,
  toGenerateOptions,
} from './settings.ts';

function setting(name: NumberSettingName): NumberSetting {
  const found = NUMBER_SETTINGS.find((entry) => entry.name === name);
  if (!found) throw new Error(`no setting ${name}`);
  return found;
}

function withNumbers(numbers: Partial<Settings['numbers']>): Settings {
  return { ...DEFAULT_SETTINGS, numbers: { ...DEFAULT_SETTINGS.numbers, ...numbers } };
}

describe('readNumberField', () => {
  it.each(NUMBER_SETTINGS.map((entry) => [entry.name, entry] as const))(
    'accepts both limits of %s',
    (_name, entry) => {
      expect(readNumberField(entry, String(entry.min))).toEqual({ value: entry.min });
      expect(readNumberField(entry, String(entry.max))).toEqual({ value: entry.max });
    },
  );

  it.each(NUMBER_SETTINGS.map((entry) => [entry.name, entry] as const))(
    'refuses beyond both limits of %s',
    (_name, entry) => {
      expect(readNumberField(entry, String(entry.min - 1))).toHaveProperty('problem');
      expect(readNumberField(entry, String(entry.max + 1))).toHaveProperty('problem');
    },
  );

  it('takes blank text for the recommendation, and a decimal comma for a point', () => {
    expect(readNumberField(setting('temperature'), '  ')).toEqual({ value: null });
    expect(readNumberField(setting('temperature'), ' 0,45 ')).toEqual({ value: 0.45 });
  });

  it.each(['warm', '1e999', 'NaN', '0x', '1 2', '--1'])(
    'refuses %j with a sentence that names it',
    (text) => {
      const result = readNumberField(setting('temperature'), text);
      expect(result).toHaveProperty('problem');
      if ('problem' in result) expect(result.problem).toContain(text);
    },
  );

  it('refuses a fraction where a whole number is needed', () => {
    expect(readNumberField(setting('topK'), '2.5')).toEqual({
      problem: 'Top-k is 2.5. Enter a whole number.',
    });
  });
});

describe('parseSettings', () => {
  it('reads back what serialiseSettings wrote', () => {
    const settings = {
      ...withNumbers({ temperature: 0.3, seed: 7 }),
      systemPrompt: 'Be kind.',
      keepConversation: false,
    };
    expect(parseSettings(serialiseSettings(settings))).toEqual(settings);
  });

  it.each([null, '', '{', 'null', '7', '"text"', '[]'])('gives the defaults for %j', (text) => {
    expect(parseSettings(text)).toEqual(DEFAULT_SETTINGS);
  });

  it('drops single fields that are out of range or of another type, and keeps the others', () => {
    const numbers = {
      temperature: 99,
      topP: '0.5',
      topK: 40,
      minP: null,
      seed: -1,
      maxTokens: 2.5,
      unknown: 1,
    };
    const settings = parseSettings(JSON.stringify({ systemPrompt: 7, numbers, keepConversation: 'yes' }));
    expect(settings).toEqual(withNumbers({ topK: 40 }));
  });

  it('drops a system prompt beyond the limit', () => {
    expect(parseSettings(JSON.stringify({ systemPrompt: 'x'.repeat(4001) })).systemPrompt).toBe('');
    expect(parseSettings(JSON.stringify({ systemPrompt: 'x'.repeat(4000) })).systemPrompt).toHaveLength(4000);
  });
});

describe('what applies', () => {
  it('passes on only what was chosen, so that the engine uses the recommendation for the rest', () => {
    expect(toGenerateOptions(DEFAULT_SETTINGS)).toEqual({});
    expect(toGenerateOptions(withNumbers({ temperature: 0, maxTokens: 64 }))).toEqual({
      temperature: 0,
      maxTokens: 64,
    });
  });

  it('shows the choice before the recommendation before the fallback', () => {
    const temperature = setting('temperature');
    expect(effectiveNumber(temperature, withNumbers({ temperature: 0.9 }), { temperature: 0.4 })).toBe(0.9);
    expect(effectiveNumber(temperature, DEFAULT_SETTINGS, { temperature: 0.4 })).toBe(0.4);
    expect(effectiveNumber(temperature, DEFAULT_SETTINGS, {})).toBe(0);
    expect(effectiveNumber(setting('seed'), DEFAULT_SETTINGS, {})).toBeNull();
  });

  it('asks for thinking only when the person chose it', () => {
    expect(toGenerateOptions({ ...DEFAULT_SETTINGS, enableThinking: true })).toEqual({
      enableThinking: true,
    });
    expect(parseSettings('{"enableThinking":true}').enableThinking).toBe(true);
    expect(parseSettings('{"enableThinking":"yes"}').enableThinking).toBe(false);
  });

  it('sends the system prompt of the model unless the person wrote one', () => {
    expect(effectiveSystemPrompt(DEFAULT_SETTINGS, undefined)).toBe('');
    expect(effectiveSystemPrompt(DEFAULT_SETTINGS, 'Be kind.')).toBe('Be kind.');
    expect(effectiveSystemPrompt({ ...DEFAULT_SETTINGS, systemPrompt: ' Be brief. ' }, 'Be kind.')).toBe(
      'Be brief.',
    );
  });

  it('knows whether anything differs from the recommendation', () => {
    expect(isCustomised(DEFAULT_SETTINGS)).toBe(false);
    expect(isCustomised({ ...DEFAULT_SETTINGS, keepConversation: false })).toBe(false);
    expect(isCustomised(withNumbers({ minP: 0 }))).toBe(true);
    expect(isCustomised({ ...DEFAULT_SETTINGS, systemPrompt: 'x' })).toBe(true);
  });
});
