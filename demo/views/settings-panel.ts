// The settings: instructions, how answers are chosen, appearance, and what is kept on the device.
import type { SamplingOptions, StoredModel } from 'sterna';
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
  /** What the loaded model recommends; shown as the standard of each setting. */
  setModelDefaults(recommended: SamplingOptions): void;
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
  const keep = h('input', { id: 'setting-keep', type: 'checkbox' });
  const models = h('div', { class: 'stored-models' });
  const reset = button({
    label: 'Reset to the model’s recommendation',
    onClick: () => {
      change({ systemPrompt: '', numbers: DEFAULT_SETTINGS.numbers });
      prompt.value = '';
      announce('Settings are as the model recommends.');
    },
  });

  const show = (): void => {
    for (const field of fields) field.show(settings, recommended);
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
  const element = createDialog([
    createGroup('Instructions', [
      h('label', { for: 'setting-prompt' }, 'What the model should know before you begin'),
      prompt,
      h(
        'p',
        { id: 'setting-prompt-help', class: 'setting-help' },
        'Sent before the first message of every chat. This small model follows instructions only loosely.',
      ),
    ]),
    createGroup('Answers', [...fields.map((field) => field.element), reset]),
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
    setModelDefaults(sampling) {
      recommended = sampling;
      show();
    },
  };
}

function createDialog(groups: readonly HTMLElement[]): HTMLDialogElement {
  const close = button({
    label: 'Close',
    icon: 'close',
    iconOnly: true,
    className: 'quiet',
    onClick: () => dialog.close(),
  });
  const head = h('div', { class: 'panel-head' }, h('h2', {}, 'Settings'), close);
  const dialog = h(
    'dialog',
    { class: 'panel', 'aria-label': 'Settings' },
    head,
    h('div', { class: 'panel-body' }, ...groups),
  );
  // A click beside the panel lands on the dialog itself.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  return dialog;
}

function createGroup(title: string, content: readonly HTMLElement[]): HTMLElement {
  return h('section', { class: 'panel-group' }, h('h3', {}, title), ...content);
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
