// sterna run: streams an answer to stdout.
import type { Answer, ChatMessage, GenerateOptions, SpeculationMode } from '../../api/types.ts';
import { validateGenerateOptions } from '../../api/validate.ts';
import { EngineError } from '../../errors.ts';
import { Scheduler } from '../../runtime/scheduler.ts';
import { encodeChat } from '../../tokenizer/chat-template.ts';
import { type ModelOptions, openModel } from '../open-model.ts';

/** Options of the command, as commander names them. */
export interface RunCommandOptions extends ModelOptions {
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
  readonly seed?: number;
  readonly speculation?: SpeculationMode;
  readonly n?: number;
  readonly system?: string;
  readonly raw?: boolean;
  readonly stats?: boolean;
}

/** @throws EngineError 'unsupported-model' when the file has no chat template and --raw is not given */
export async function run(path: string, prompt: string, options: RunCommandOptions): Promise<void> {
  const { maxTokens, temperature, topK, topP, minP, repetitionPenalty, seed, speculation, n } = options;
  const generate: GenerateOptions = {
    maxTokens,
    temperature,
    topK,
    topP,
    minP,
    repetitionPenalty,
    seed,
    speculation,
    n,
  };
  validateGenerateOptions(generate);
  const model = await openModel(path, options);
  try {
    const { chatTemplate, tokenizer } = model;
    if (!options.raw && chatTemplate === null) {
      throw new EngineError(
        'unsupported-model',
        `${path} has no chat template. Use --raw to complete plain text.`,
      );
    }
    const scheduler = new Scheduler({
      source: model.sequence,
      tokenizer,
      encodeChat: (messages, { enableThinking }) =>
        encodeChat(tokenizer, chatTemplate, messages, { addGenerationPrompt: true, enableThinking }),
      contextLength: model.loaded.contextLength,
      recommendedSampling: model.recommendedSampling,
    });
    const system: ChatMessage[] = options.system ? [{ role: 'system', content: options.system }] : [];
    const messages: ChatMessage[] = [...system, { role: 'user', content: prompt }];
    const result = await scheduler.generate({
      ...(options.raw ? { prompt } : { messages }),
      options: generate,
      signal: new AbortController().signal,
      onDelta: (delta, { thinking, answer }) => {
        if (answer !== undefined) return; // several at once: printed when they are complete
        if (thinking) process.stderr.write(thinking);
        process.stdout.write(delta);
      },
    });
    process.stdout.write(result.answers.length === 1 ? '\n' : showAnswers(result.answers));
    if (options.stats) {
      process.stderr.write(
        `${JSON.stringify({ loadSeconds: model.loadSeconds, ...result.metrics, seed: result.seed })}\n`,
      );
    }
  } finally {
    await model.dispose();
  }
}

function showAnswers(answers: readonly Answer[]): string {
  return answers.map(({ text, seed }, index) => `[${index + 1}, seed ${seed}]\n${text}\n`).join('\n');
}
