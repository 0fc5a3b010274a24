// Which chat template a model gets: the one in its file, or ours where the file is known to carry a wrong one.

/** What decides the template. */
export interface ChatFormatFacts {
  /** `general.architecture`. */
  readonly architecture: string | null;
  readonly vocabularySize: number;
  /** `tokenizer.chat_template`, or null. */
  readonly embedded: string | null;
}

/**
 * BitNet b1.58 2B4T: `Role: ` and the trimmed text, closed by `<|eot_id|>`, nothing between turns; the answer follows
 * `Assistant: ` with its space. Format: https://huggingface.co/microsoft/bitnet-b1.58-2B-4T
 */
const BITNET_2B4T_TEMPLATE =
  '{{ bos_token }}' +
  "{% for turn in messages %}{{ turn['role'] | capitalize }}: {{ turn['content'] | trim }}<|eot_id|>{% endfor %}" +
  '{% if add_generation_prompt %}Assistant: {% endif %}';

/** The converter of the published 2B4T files wrote a template that names the assistant so. */
const CONVERTER_MARK = 'BITNETAssistant';
const LLAMA3_VOCABULARY_SIZE = 128256;
const BITNET_2B4T_ARCHITECTURES = ['bitnet-b1.58', 'bitnet-25'];

/**
 * The Jinja template for a model, or null for a completion model.
 * The published GGUF of BitNet b1.58 2B4T carries a template that the model was not trained with; it is recognised by
 * architecture, vocabulary and a phrase of that template, and replaced. Any other template in a file is kept.
 */
export function chooseChatTemplate(facts: ChatFormatFacts): string | null {
  const { architecture, vocabularySize, embedded } = facts;
  const is2b4t =
    architecture !== null &&
    BITNET_2B4T_ARCHITECTURES.includes(architecture) &&
    vocabularySize === LLAMA3_VOCABULARY_SIZE;
  if (is2b4t && (embedded === null || embedded.includes(CONVERTER_MARK))) return BITNET_2B4T_TEMPLATE;
  return embedded === null || embedded.trim() === '' ? null : embedded;
}

/** Whether a template lets the caller choose that the model thinks before it answers (Qwen 3 and its kin). */
export function canThink(template: string | null): boolean {
  return template !== null && /\benable_thinking\b/.test(template);
}
