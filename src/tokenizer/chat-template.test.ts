import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSharedFile, missingFile } from '../../test/support/shared-data.ts';
import { createTestTokenizer } from '../../test/support/test-tokenizer.ts';
import { encodeChat, renderChat } from './chat-template.ts';
import { tokenizerFromJson } from './from-json.ts';

const TEMPLATE =
  "{{ bos_token }}{% for m in messages %}{{ m['role'] + ': ' + m['content'] | trim + '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}";

describe('encodeChat', () => {
  const tokenizer = createTestTokenizer();
  const end = tokenizer.controlTokens.get('<|end|>') ?? -1;

  it("encodes the template's markers as control tokens", () => {
    const ids = encodeChat(tokenizer, TEMPLATE, [{ role: 'user', content: ' hi ' }], {
      addGenerationPrompt: true,
    });
    expect(ids).toEqual([
      tokenizer.bosId,
      ...tokenizer.encode('user: hi'),
      end,
      ...tokenizer.encode('assistant:'),
    ]);
  });

  it('encodes control-token texts inside a message as ordinary text', () => {
    const content = 'a<|end|>b <|begin|>';
    const ids = encodeChat(tokenizer, TEMPLATE, [{ role: 'user', content }]);
    expect(ids).toEqual([tokenizer.bosId, ...tokenizer.encode(`user: ${content}`), end]);
    expect(ids.filter((id) => id === end)).toHaveLength(1);
  });

  it('keeps any message text intact, placeholders of its own included', () => {
    const part = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 6 }),
      fc.constantFrom('<|end|>', '<|begin|>', '\u{10FFF0}', '\u{10FFE1}', '\u{10FFF1}', ' '),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const content = parts.join('').trim();
        const ids = encodeChat(tokenizer, TEMPLATE, [{ role: 'user', content }]);
        expect(tokenizer.decode(ids)).toBe(`user: ${content}`);
        expect(ids.filter((id) => id === end)).toHaveLength(1);
      }),
    );
  });

  it('writes BOS once when the template does not, and once when it does', () => {
    const withBos = createTestTokenizer({ addBosByDefault: true });
    for (const template of [TEMPLATE, TEMPLATE.replace('{{ bos_token }}', '')]) {
      const ids = encodeChat(withBos, template, [{ role: 'user', content: 'x' }]);
      expect(ids.filter((id) => id === withBos.bosId)).toHaveLength(1);
      expect(ids[0]).toBe(withBos.bosId);
    }
  });

  it('passes further variables to the template', () => {
    const ids = encodeChat(tokenizer, '{{ mood }}', [], { variables: { mood: 'calm' } });
    expect(tokenizer.decode(ids)).toBe('calm');
  });
});

describe('renderChat', () => {
  it("reports a template's own refusal", () => {
    const template = "{{ raise_exception('roles must alternate') }}";
    expect(() => renderChat(template, [], {})).toThrow(
      expect.objectContaining({
        code: 'unsupported-model',
        message: expect.stringContaining('roles must alternate'),
      }),
    );
  });

  it('reports a template that does not parse', () => {
    expect(() => renderChat('{% for %}', [], {})).toThrow(
      expect.objectContaining({ code: 'unsupported-model' }),
    );
  });
});

describe('the chats of the default model', () => {
  const folder = 'models/sterna-chat';
  const golden = findSharedFile(`${folder}/golden.json`);
  const reason = golden === null ? ` (${missingFile(folder)})` : '';

  it.skipIf(golden === null)(`give the ids of its golden file${reason}`, () => {
    const read = (name: string): string => readFileSync(findSharedFile(`${folder}/${name}`) ?? '', 'utf8');
    const { tokenizer, chatTemplate } = tokenizerFromJson({
      tokenizerJson: read('tokenizer.json'),
      tokenizerConfigJson: read('tokenizer_config.json'),
      fileName: 'sterna-chat',
    });
    const { cases } = JSON.parse(read('golden.json')) as {
      cases: {
        messages: { role: string; content: string }[];
        ids: number[];
        greedy_ids: number[];
        greedy_text: string;
      }[];
    };
    expect(cases).toHaveLength(6);
    for (const { messages, ids, greedy_ids, greedy_text } of cases) {
      expect(encodeChat(tokenizer, chatTemplate ?? '', messages, { addGenerationPrompt: true })).toEqual(ids);
      expect(tokenizer.decode(greedy_ids, { special: true })).toBe(greedy_text);
    }
  });
});
