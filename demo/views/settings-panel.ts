// The settings: instructions, how answers are chosen, appearance, and what is kept on the device.
import type { ModelInfo, SamplingOptions, StoredModel } from 'sterna';
import { button, h } from '../dom.ts';
import { formatBytes } from '../state/format-units.ts';
import {
  DEFAULT_SETTINGS,
  isCustomised,
  MAX_SYSTEM_PROMPT_CHARACTERS,
  NUMBER_SETTINGS,
  type Settings,
} from '../state/settings.ts';
import { chooseTheme, chosenTheme, onThemeChange, type Theme } from '../theme.ts';
import { announce } from './announcer.ts';
import { createNumberField } from './number-field.ts';
import { createGroup, createPanel } from './panel.ts';

/** What the panel reports; every change is reported at once, there is no save button. */
export interface SettingsCallbacks {
  readonly onChange: (settings: Settings) => void;
  readonly onDeleteConversation: () => void;
  readonly listModels: () => Promise<readonly StoredModel[]>;
  readonly deleteModel: (key: string) => Promise<void>;
}

/** The settings dialog. */
export interface SettingsPanel {
  readonly element: HTMLDialogElement;
  open(settings: Settings): void;
  /** The loaded model: what it recommends is shown as the standard of each setting, what it cannot do is hidden. */
  setModel(model: Pick<ModelInfo, 'recommendedSampling' | 'canThink' | 'systemPrompt'>): void;
}

/** Creates the dialog, closed. */
export function createSettingsPanel(callbacks: SettingsCallbacks): SettingsPanel {
  let settings = DEFAULT_SETTINGS;
  let recommended: SamplingOptions = {};

  const prompt = h('textarea', { id: 'setting-prompt', rows: 3, maxlength: MAX_SYSTEM_PROMPT_CHARACTERS });
  prompt.setAttribute('aria-describedby', 'setting-prompt-help');
  const fields = NUMBER_SETTINGS.map((setting) =>
    createNumberField(setting, (value) =>
      change({ numbers: { ...settings.numbers, [setting.name]: value } }),
    ),
  );
  const thinking = h('input', { id: 'setting-thinking', type: 'checkbox' });
  const thinkingChoice = h(
    'label',
    { class: 'check', for: 'setting-thinking', hidden: true },
    thinking,
    'Let the model think before it answers: slower, often better',
  );
  const keep = h('input', { id: 'setting-keep', type: 'checkbox' });
  const models = h('div', { class: 'stored-models' });
  const reset = button({
    label: 'Reset to the model’s recommendation',
    onClick: () => {
      const { systemPrompt, numbers, enableThinking } = DEFAULT_SETTINGS;
      change({ systemPrompt, numbers, enableThinking });
      prompt.value = '';
      announce('Settings are as the model recommends.');
    },
  });

  const show = (): void => {
    for (const field of fields) field.show(settings, recommended);
    thinking.checked = settings.enableThinking;
    keep.checked = settings.keepConversation;
    reset.setAttribute('aria-disabled', String(!isCustomised(settings)));
  };
  const change = (part: Partial<Settings>): void => {
    settings = { ...settings, ...part };
    show();
    callbacks.onChange(settings);
  };
  prompt.addEventListener('input', () => {
    change({ systemPrompt: prompt.value });
  });
  thinking.addEventListener('change', () => change({ enableThinking: thinking.checked }));
  keep.addEventListener('change', () => change({ keepConversation: keep.checked }));

  const deleteConversation = button({
    label: 'Delete the conversation',
    icon: 'trash',
    className: 'danger',
    onClick: () => {
      callbacks.onDeleteConversation();
      announce('The conversation was deleted.');
    },
  });
  const element = createPanel('Settings', [
    createGroup('Instructions', [
      h('label', { for: 'setting-prompt' }, 'What the model should know before you begin'),
      prompt,
      h(
        'p',
        { id: 'setting-prompt-help', class: 'setting-help' },
        'Sent before the first message of every chat. Small models follow instructions only loosely.',
      ),
    ]),
    createGroup('Answers', [thinkingChoice, ...fields.map((field) => field.element), reset]),
    createGroup('Appearance', [createThemeChoice()]),
    createGroup('On this device', [
      h(
        'p',
        { class: 'setting-help' },
        'Nothing you write leaves this device. The chat is kept in this browser only.',
      ),
      h(
        'label',
        { class: 'check', for: 'setting-keep' },
        keep,
        'Keep the conversation when the page is closed',
      ),
      deleteConversation,
      models,
    ]),
  ]);

  return {
    element,
    open(current) {
      settings = current;
      prompt.value = settings.systemPrompt;
      show();
      element.showModal();
      void showModels(models, callbacks);
    },
    setModel(model) {
      recommended = model.recommendedSampling;
      thinkingChoice.hidden = !model.canThink;
      prompt.placeholder = model.systemPrompt ?? '';
      show();
    },
  };
}

function createThemeChoice(): HTMLElement {
  const labels: Readonly<Record<Theme, string>> = { system: 'System', light: 'Light', dark: 'Dark' };
  const group = h('fieldset', { class: 'segments' }, h('legend', { class: 'visually-hidden' }, 'Colours'));
  for (const theme of ['system', 'light', 'dark'] as const) {
    const input = h('input', { type: 'radio', name: 'theme', value: theme });
    input.addEventListener('change', () => chooseTheme(theme));
    onThemeChange(() => {
      input.checked = theme === chosenTheme();
    });
    group.append(h('label', {}, input, h('span', {}, labels[theme])));
  }
  return group;
}

async function showModels(host: HTMLElement, callbacks: SettingsCallbacks): Promise<void> {
  let stored: readonly StoredModel[] = [];
  try {
    stored = await callbacks.listModels();
  } catch {
    host.replaceChildren(
      h('p', { class: 'setting-help' }, 'This browser does not let the page keep models.'),
    );
    return;
  }
  host.replaceChildren(
    ...stored.map((model) => {
      const size =
        model.storedBytes < model.sizeBytes
          ? `${formatBytes(model.storedBytes)} of ${formatBytes(model.sizeBytes)}`
          : formatBytes(model.sizeBytes);
      const name = model.url.split(/[?#]/)[0].split('/').at(-1) || model.url;
      const remove = button({
        label: `Delete the stored model ${name}`,
        icon: 'trash',
        iconOnly: true,
        className: 'quiet',
        onClick: () => void callbacks.deleteModel(model.key).then(() => showModels(host, callbacks)),
      });
      return h('div', { class: 'stored-model' }, h('span', {}, `${name}, ${size}`), remove);
    }),
  );
}
