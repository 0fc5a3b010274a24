// Keyboard shortcuts of the whole page. Letters need Alt, so that they never get in the way of writing.

/** What the shortcuts do. Keep the list in views/help-dialog.ts in step. */
export interface ShortcutActions {
  readonly stop: () => void;
  readonly focusMessage: () => void;
  readonly newChat: () => void;
  readonly regenerate: () => void;
  readonly openSettings: () => void;
  readonly openModels: () => void;
  readonly openHelp: () => void;
}

/** Listens on the document, for as long as the page lives. An open dialog keeps its own keys. */
export function installShortcuts(actions: ShortcutActions): void {
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || document.querySelector('dialog[open]')) return;
    const run = findAction(event, actions);
    if (!run) return;
    event.preventDefault();
    run();
  });
}

function findAction(event: KeyboardEvent, actions: ShortcutActions): (() => void) | undefined {
  if (event.key === 'Escape') return actions.stop;
  if (event.ctrlKey || event.metaKey) return undefined;
  if (event.altKey) {
    // By position on the keyboard: with Alt, some systems type another character.
    const byCode: Record<string, () => void> = {
      KeyM: actions.openModels,
      KeyN: actions.newChat,
      KeyR: actions.regenerate,
      KeyS: actions.openSettings,
    };
    return byCode[event.code];
  }
  if (isEditable(event.target)) return undefined;
  if (event.key === '/') return actions.focusMessage;
  return event.key === '?' ? actions.openHelp : undefined;
}

function isEditable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}
