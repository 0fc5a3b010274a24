// The conversation in motion: questions, streaming answers, stopping, answering again, starting over.
import type { Engine, GenerationEvent, GenerationResult } from 'sterna';
import { readStored, removeStored, writeStored } from './state/browser-storage.ts';
import {
  type AnswerTurn,
  appendTurn,
  type Conversation,
  droppedTurnCount,
  EMPTY_CONVERSATION,
  parseConversation,
  serialiseConversation,
  toMessages,
  withoutLastAnswer,
} from './state/conversation.ts';
import { describeError, type Recovery, recoveriesFor } from './state/error-recovery.ts';
import { effectiveSystemPrompt, type Settings, toGenerateOptions } from './state/settings.ts';
import { announce } from './views/announcer.ts';
import type { AnswerView } from './views/answer-view.ts';
import type { ChatView } from './views/chat-view.ts';

/** What the controller needs from the page. */
export interface ChatEnvironment {
  readonly view: ChatView;
  /** The loaded engine, null while there is none. */
  readonly engine: () => Engine | null;
  readonly settings: () => Settings;
  /** Something changed that the rest of the page shows: answering or not, empty or not. */
  readonly onChange: () => void;
  readonly onResult: (result: GenerationResult) => void;
  /** Speed of the running answer so far, in tokens per second. */
  readonly onSpeed: (tokensPerSecond: number) => void;
  /** Performs a way out of an error, other than `retry`, which the controller does itself. */
  readonly onRecovery: (recovery: Recovery) => void;
  /** The browser refused to keep the conversation. */
  readonly onStorageFull: () => void;
}

/** An answer in progress. */
interface Running {
  readonly stream: ReturnType<Engine['chat']>;
  text: string;
  thinking: string;
  stopped: boolean;
}

/** Owns the conversation. One answer at a time. */
export class ChatController {
  readonly #environment: ChatEnvironment;
  #conversation: Conversation = EMPTY_CONVERSATION;
  #running: Running | null = null;

  constructor(environment: ChatEnvironment) {
    this.#environment = environment;
  }

  get isAnswering(): boolean {
    return this.#running !== null;
  }

  get isEmpty(): boolean {
    return this.#conversation.turns.length === 0;
  }

  get conversation(): Conversation {
    return this.#conversation;
  }

  /** Shows the conversation that this browser kept, if there is one. */
  restore(): void {
    const kept = parseConversation(readStored('conversation'));
    if (kept) this.replace(kept);
  }

  /** Shows and keeps another conversation. A running answer is stopped and left out. */
  replace(conversation: Conversation): void {
    this.#abandon();
    this.#conversation = conversation;
    this.#environment.view.show(conversation);
    if (conversation.turns.at(-1)?.role === 'user') {
      this.#fail(this.#environment.view.beginAnswer(), 'This message has no answer yet.', null);
    }
    this.save();
    this.#environment.onChange();
  }

  /** Asks. Does nothing while an answer is running or no model is loaded. */
  async send(text: string): Promise<void> {
    if (this.isAnswering || this.#environment.engine() === null) return;
    // The report of a failed answer goes; the question that it belonged to stays, and is not sent again.
    if (this.#conversation.turns.at(-1)?.role === 'user') this.#environment.view.removeLast();
    this.#conversation = appendTurn(this.#conversation, { role: 'user', content: text });
    this.#environment.view.addQuestion(text);
    this.save();
    await this.#answer();
  }

  /** Ends the running answer; what is there of it stays. */
  stop(): void {
    if (this.#running === null) return;
    this.#running.stopped = true;
    this.#running.stream.abort();
  }

  /** Answers the last question again. */
  async regenerate(): Promise<void> {
    if (this.isAnswering || this.isEmpty || this.#environment.engine() === null) return;
    this.#conversation = withoutLastAnswer(this.#conversation);
    this.#environment.view.removeLast();
    await this.#answer();
  }

  /** Keeps the conversation in this browser, or deletes it there if the settings say so. */
  save(): void {
    if (!this.#environment.settings().keepConversation || this.isEmpty) {
      removeStored('conversation');
      return;
    }
    const partial = this.#running && partialTurn(this.#running);
    const conversation = partial?.content ? appendTurn(this.#conversation, partial) : this.#conversation;
    if (!writeStored('conversation', serialiseConversation(conversation))) this.#environment.onStorageFull();
  }

  async #answer(): Promise<void> {
    const engine = this.#environment.engine();
    if (engine === null) return;
    const settings = this.#environment.settings();
    const systemPrompt = effectiveSystemPrompt(settings, engine.info.systemPrompt);
    const { messages, turnIndexes } = toMessages(this.#conversation, systemPrompt);
    const view = this.#environment.view.beginAnswer();
    let running: Running | null = null;
    try {
      const watch = this.#watchProgress(turnIndexes);
      const onEvent = (event: GenerationEvent): void => {
        watch(event);
        if (running === null || !event.thinking) return;
        running.thinking += event.thinking;
        view.appendThinking(event.thinking);
      };
      const stream = engine.chat(messages, { ...toGenerateOptions(settings), onEvent });
      running = { stream, text: '', thinking: '', stopped: false };
      this.#running = running;
      this.#environment.onChange();
      const result = await this.#stream(running, view);
      if (this.#running === running) this.#finish(view, result, turnIndexes);
    } catch (error) {
      if (running !== null && this.#running !== running) return;
      this.#running = null;
      if (running?.stopped) this.#keep(view, partialTurn(running));
      else this.#keepAndFail(view, running?.text.trim() ?? '', error);
    }
    this.#environment.onChange();
  }

  /** Follows the speed and the messages that are left out while the answer runs. */
  #watchProgress(turnIndexes: readonly number[]): (event: GenerationEvent) => void {
    let first: { timeMs: number; tokens: number } | null = null;
    return (event) => {
      const timeMs = performance.now();
      first ??= { timeMs, tokens: event.generatedTokens };
      const elapsedMs = timeMs - first.timeMs;
      // Less time says little about the speed.
      if (elapsedMs > 400)
        this.#environment.onSpeed(((event.generatedTokens - first.tokens) * 1000) / elapsedMs);
      const dropped = droppedTurnCount(event.droppedMessages, turnIndexes);
      if (dropped > this.#conversation.droppedTurns) this.#showDropped(dropped);
    };
  }

  #showDropped(count: number): void {
    if (count > this.#conversation.droppedTurns) {
      announce('The chat outgrew what the model can keep in mind; the oldest messages were left out.');
    }
    this.#conversation = { ...this.#conversation, droppedTurns: count };
    this.#environment.view.setDroppedTurns(count);
  }

  async #stream(running: Running, view: AnswerView): Promise<GenerationResult> {
    for await (const delta of running.stream) {
      running.text += delta;
      view.append(delta);
    }
    return running.stream.result;
  }

  #finish(view: AnswerView, result: GenerationResult, turnIndexes: readonly number[]): void {
    this.#running = null;
    const content = result.text.trim();
    const turn: AnswerTurn = {
      role: 'assistant',
      content,
      ...(result.thinking && { thinking: result.thinking }),
      end: result.finishReason,
      metrics: result.metrics,
    };
    this.#keep(view, turn);
    this.#showDropped(droppedTurnCount(result.droppedMessages, turnIndexes));
    this.#environment.onResult(result);
  }

  #keep(view: AnswerView, turn: AnswerTurn): void {
    this.#conversation = appendTurn(this.#conversation, turn);
    view.finish(turn);
    announce(turn.content === '' ? 'The answer was stopped.' : `Sterna: ${turn.content}`);
    this.save();
  }

  #keepAndFail(view: AnswerView, partial: string, error: unknown): void {
    if (partial !== '') view.append('');
    this.#fail(view, describeError(error), error);
    this.save();
  }

  #fail(view: AnswerView, message: string, error: unknown): void {
    const recoveries = recoveriesFor(error, 'answer').map((recovery) => ({
      ...recovery,
      run: () => {
        if (recovery.action === 'retry') void this.regenerate();
        else this.#environment.onRecovery(recovery);
      },
    }));
    view.fail(message, recoveries);
  }

  #abandon(): void {
    const running = this.#running;
    this.#running = null;
    running?.stream.abort();
  }
}

/** What is there of an answer that is being written, as an answer that was stopped. */
function partialTurn({ text, thinking }: Running): AnswerTurn {
  return { role: 'assistant', content: text.trim(), ...(thinking && { thinking }), end: 'aborted' };
}
