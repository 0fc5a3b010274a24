// What a person can do about an error of the engine. The engine's message says what failed; this says what helps.
import { EngineError } from 'sterna';
import { DEFAULT_MODEL_NAME } from './model-choice.ts';

/** A way out, offered as a button. */
export interface Recovery {
  readonly action:
    | 'retry'
    | 'reload-model'
    | 'new-chat'
    | 'forget-model'
    | 'open-settings'
    | 'default-model'
    | 'choose-model';
  readonly label: string;
}

const RETRY: Recovery = { action: 'retry', label: 'Try again' };
const RELOAD_MODEL: Recovery = { action: 'reload-model', label: 'Load the model again' };
const NEW_CHAT: Recovery = { action: 'new-chat', label: 'Start a new chat' };
const FORGET_MODEL: Recovery = {
  action: 'forget-model',
  label: 'Delete the stored model and load it afresh',
};
const OPEN_SETTINGS: Recovery = { action: 'open-settings', label: 'Open settings' };

const CHOOSE_MODEL: Recovery = { action: 'choose-model', label: 'Choose another model' };

/** Ways out of a failed load of a model that is not the one that the page comes with. */
export const OTHER_MODELS: readonly Recovery[] = [
  { action: 'default-model', label: `Go back to ${DEFAULT_MODEL_NAME}` },
  CHOOSE_MODEL,
];

/**
 * The ways out of an error, best first.
 *
 * @param during whether the model was being loaded or was answering
 */
export function recoveriesFor(error: unknown, during: 'load' | 'answer'): readonly Recovery[] {
  const code = error instanceof EngineError ? error.code : null;
  switch (code) {
    case 'integrity':
    case 'bad-file':
      return [RETRY, FORGET_MODEL];
    case 'device-lost':
    case 'worker-crashed':
    case 'not-ready':
    case 'gpu-error':
      return [RELOAD_MODEL];
    case 'out-of-memory':
      return during === 'load' ? [RETRY] : [RELOAD_MODEL, NEW_CHAT];
    case 'unsupported-model':
      return during === 'load' ? [RETRY] : [CHOOSE_MODEL];
    case 'context-full':
      return [NEW_CHAT, OPEN_SETTINGS];
    case 'bad-argument':
      return during === 'load' ? [RETRY] : [OPEN_SETTINGS, RETRY];
    default:
      return [RETRY];
  }
}

/** Words for any thrown value: an EngineError's own message, else the message of what was thrown. */
export function describeError(error: unknown): string {
  if (error instanceof Error && error.message !== '') return error.message;
  return `Something failed without saying why (${String(error)}).`;
}
