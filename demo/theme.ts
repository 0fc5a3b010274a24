// Light or dark: the system's preference, unless the person chose. public/theme.js applies the choice before paint.
import { readStored, removeStored, writeStored } from './state/browser-storage.ts';

/** What can be chosen. */
export type Theme = 'system' | 'light' | 'dark';

const DARK = '(prefers-color-scheme: dark)';
const listeners = new Set<() => void>();

/** The person's choice. */
export function chosenTheme(): Theme {
  const stored = readStored('theme');
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

/** What is shown now. */
export function shownTheme(): 'light' | 'dark' {
  const chosen = chosenTheme();
  if (chosen !== 'system') return chosen;
  return matchMedia(DARK).matches ? 'dark' : 'light';
}

/** Chooses, applies and remembers. */
export function chooseTheme(theme: Theme): void {
  if (theme === 'system') {
    removeStored('theme');
    delete document.documentElement.dataset.theme;
  } else {
    writeStored('theme', theme);
    document.documentElement.dataset.theme = theme;
  }
  notify();
}

/** Calls `listener` now and whenever what is shown changes. */
export function onThemeChange(listener: () => void): void {
  if (listeners.size === 0) matchMedia(DARK).addEventListener('change', notify);
  listeners.add(listener);
  listener();
}

function notify(): void {
  for (const listener of listeners) listener();
}
