import { describe, expect, it } from 'vitest';
import { findSharedFile, missingFile, sourceOfFile } from '../../test/support/shared-data.ts';
import { createTestTokenizer } from '../../test/support/test-tokenizer.ts';
import { fileWithTokenizer } from '../../test/support/tokenizer-metadata.ts';
import { readGguf } from '../gguf/reader.ts';
import { canThink, chooseChatTemplate } from './chat-format.ts';
import { encodeChat, renderChat } from './chat-template.ts';
import { tokenizerFromGguf } from './index.ts';

const BITNET_2B = { architecture: 'bitnet-b1.58', vocabularySize: 128256, embedded: null };
const WRONG = '{% for m in messages %}Human: {{ m.content }}\n\nBITNETAssistant: {% endfor %}';
const chat = [
  { role: 'system', content: 'Be kind.' },
  { role: 'user', content: ' Hi \n' },
  { role: 'assistant', content: 'Hello.' },
  { role: 'user', content: 'Bye' },
];

describe('chooseChatTemplate', () => {
  it.each([
    ['the template of the converter', { ...BITNET_2B, embedded: WRONG }],
    ['no template', BITNET_2B],
    ['an early upload', { ...BITNET_2B, architecture: 'bitnet-25', embedded: WRONG }],
  ])('replaces %s in BitNet 2B4T', (_, facts) => {
    const template = chooseChatTemplate(facts) ?? '';
    const variables = { bos_token: '<|begin_of_text|>', add_generation_prompt: true };
    expect(renderChat(template, chat, variables)).toBe(
      '<|begin_of_text|>System: Be kind.<|eot_id|>User: Hi<|eot_id|>Assistant: Hello.<|eot_id|>User: Bye<|eot_id|>Assistant: ',
    );
  });

  it.each([
    ['another template of such a file', { ...BITNET_2B, embedded: '{{ own }}' }, '{{ own }}'],
    ['another vocabulary', { ...BITNET_2B, vocabularySize: 4096, embedded: WRONG }, WRONG],
    ['another architecture', { ...BITNET_2B, architecture: 'llama', embedded: WRONG }, WRONG],
    ['no template elsewhere', { ...BITNET_2B, architecture: 'llama' }, null],
    ['an empty template', { architecture: 'llama', vocabularySize: 1, embedded: '  ' }, null],
  ])('keeps %s', (_, facts, expected) => {
    expect(chooseChatTemplate(facts)).toBe(expected);
  });

  it('is applied to the files that are read', async () => {
    const file = await fileWithTokenizer({ model: 'gpt2', pre: 'gpt-2', tokens: ['a'], merges: [] });
    expect(tokenizerFromGguf(file).chatTemplate).toBeNull();
  });

  const vocabulary = 'tokenizers/ggml-vocab-llama-bpe.gguf';
  const path = findSharedFile(vocabulary);
  it.skipIf(path === null)(
    `gives the golden ids of a 2B4T turn${path === null ? ` (${missingFile(vocabulary)})` : ''}`,
    async () => {
      const { tokenizer } = tokenizerFromGguf(await readGguf(sourceOfFile(path ?? '')));
      const messages = [{ role: 'user', content: 'What is 12345 + 678?' }];
      const ids = encodeChat(tokenizer, chooseChatTemplate(BITNET_2B), messages, {
        addGenerationPrompt: true,
      });
      expect(ids).toEqual([
        128000, 1502, 25, 3639, 374, 220, 4513, 1774, 489, 220, 17458, 30, 128009, 72803, 25, 220,
      ]);
    },
  );
});

describe('a completion model', () => {
  it('refuses chats and says what to do instead', () => {
    expect(() => encodeChat(createTestTokenizer(), null, chat)).toThrow(
      expect.objectContaining({
        code: 'unsupported-model',
        message: expect.stringMatching(/completes text.*Use plain generation/),
      }),
    );
  });
});

// Templates of our own with the constructs that published ones use.
const LLAMA_LIKE = `{%- set loop_messages = messages %}
{%- if not date_string is defined %}{%- if strftime_now is defined %}{%- set date_string = strftime_now("%d %b %Y") %}{%- endif %}{%- endif %}
{%- if messages[0]['role'] == 'system' %}{%- set system = messages[0]['content'] | trim %}{%- set loop_messages = messages[1:] %}{%- else %}{%- set system = "" %}{%- endif %}
{{- '[system]' + date_string + '|' + system + '[end]' }}
{%- if tools is not none and tools is defined %}{{- tools | tojson(indent=2) }}{%- endif %}
{%- for message in loop_messages %}
{%- set content = '[' + message['role'] + ']' + message['content'] | trim + '[end]' %}
{%- if loop.index0 == 0 %}{%- set content = bos_token + content %}{%- endif %}
{{- content }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '[assistant]' }}{%- endif %}`;

const QWEN_LIKE = `{%- set ns = namespace(multi_step=true, last=messages|length - 1) %}
{%- for message in messages[::-1] %}
{%- set index = (messages|length - 1) - loop.index0 %}
{%- if ns.multi_step and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
{%- set ns.multi_step = false %}{%- set ns.last = index %}{%- endif %}
{%- endfor %}
{%- for message in messages %}
{%- if message.role == "assistant" %}
{%- set reasoning = '' %}{%- set content = message.content %}
{%- if message.reasoning_content is string %}{%- set reasoning = message.reasoning_content %}
{%- elif '</think>' in message.content %}
{%- set reasoning = message.content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
{%- set content = message.content.split('</think>')[-1].lstrip('\\n') %}
{%- endif %}
{%- if loop.index0 > ns.last and (loop.last or reasoning) %}{{- '[assistant]<think>' + reasoning.strip('\\n') + '</think>' + content + '[end]' }}
{%- else %}{{- '[assistant]' + content + '[end]' }}{%- endif %}
{%- else %}{{- '[' + message.role + ']' + message.content + '[end]' }}{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '[assistant]' }}{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think></think>' }}{%- endif %}{%- endif %}`;

const MISTRAL_LIKE = `{{ bos_token }}{% set users = messages | selectattr('role', 'equalto', 'user') | list %}
{%- set others = messages | rejectattr('role', 'equalto', 'system') | list -%}
{%- for message in others -%}
{%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}{{ raise_exception('roles must alternate') }}{%- endif -%}
{%- if message['role'] == 'user' -%}{{ '[INST] ' ~ message['content'] ~ ' [/INST]' }}
{%- elif message['role'] == 'assistant' -%}{{ message['content'] + eos_token }}
{%- else -%}{{ raise_exception('unknown role ' + message['role']) }}{%- endif -%}
{%- endfor -%}{{ '#' ~ users | length }}`;

const FALCON_LIKE = `{% macro turn(role, text) %}{{ '<|' ~ role ~ '|>\\n' ~ text }}{% endmacro %}
{%- for message in messages %}{{- turn(message.role, message.content) }}{% if message.role == 'assistant' %}{{ eos_token }}{% endif %}{% if not loop.last %}{{ '\\n' }}{% elif add_generation_prompt %}{{ '\\n<|assistant|>\\n' }}{% endif %}{% endfor %}`;

describe('templates with the constructs of published ones', () => {
  it('Llama 3: strftime_now, slices, loop.index0, is defined, tojson', () => {
    const variables = {
      bos_token: '^',
      add_generation_prompt: true,
      strftime_now: () => '01 Jan 2026',
      tools: [{ name: 'x' }],
    };
    expect(renderChat(LLAMA_LIKE, chat.slice(0, 2), variables)).toBe(
      '[system]01 Jan 2026|Be kind.[end][\n  {\n    "name": "x"\n  }\n]^[user]Hi[end][assistant]',
    );
    expect(renderChat(LLAMA_LIKE, chat.slice(1, 2), { bos_token: '', tools: null })).toMatch(
      /^\[system\]\d\d [A-Z][a-z]{2} \d{4}\|\[end\]\[user\]Hi\[end\]$/,
    );
  });

  it('Llama 3: the date is the one that the caller gives', () => {
    const tokenizer = createTestTokenizer();
    const ids = encodeChat(tokenizer, '{{ strftime_now("%d %B") }}', [], { now: new Date(2026, 4, 2) });
    expect(tokenizer.decode(ids)).toBe('02 May');
  });

  it('Qwen 3: namespace, reversed slices, string methods, thinking on and off', () => {
    const history = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: '<think>\nold\n</think>\n\nb' },
      { role: 'user', content: 'c' },
    ];
    const tokenizer = createTestTokenizer();
    const render = (enableThinking?: boolean): string =>
      tokenizer.decode(
        encodeChat(tokenizer, QWEN_LIKE, history, { addGenerationPrompt: true, enableThinking }),
      );
    const turns = '[user]a[end][assistant]b[end][user]c[end][assistant]';
    expect(render(true)).toBe(turns);
    expect(render(false)).toBe(`${turns}<think></think>`);
    expect(render()).toBe(`${turns}<think></think>`);
    expect(canThink(QWEN_LIKE)).toBe(true);
    expect(canThink(LLAMA_LIKE)).toBe(false);
    expect(canThink(null)).toBe(false);
  });

  it('Mistral: raise_exception, selectattr, rejectattr, ~', () => {
    expect(renderChat(MISTRAL_LIKE, chat, { bos_token: '<s>', eos_token: '</s>' })).toBe(
      '<s>[INST]  Hi \n [/INST]Hello.</s>[INST] Bye [/INST]#2',
    );
    expect(() =>
      renderChat(MISTRAL_LIKE, [...chat, { role: 'user', content: 'x' }], { eos_token: '' }),
    ).toThrow(/roles must alternate/);
  });

  it('Falcon 3: macros, loop.last', () => {
    const variables = { eos_token: '<|endoftext|>', add_generation_prompt: true };
    expect(renderChat(FALCON_LIKE, chat.slice(1), variables)).toBe(
      '<|user|>\n Hi \n\n<|assistant|>\nHello.<|endoftext|>\n<|user|>\nBye\n<|assistant|>\n',
    );
  });

  it('ChatML: one line', () => {
    const template =
      "{% for m in messages %}{{'<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n'}}{% endfor %}";
    expect(renderChat(template, chat.slice(3), {})).toBe('<|im_start|>user\nBye<|im_end|>\n');
  });
});
