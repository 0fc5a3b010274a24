// localStorage that never throws: private modes, full disks and blocked cookies make every access a risk.

const PREFIX = 'sterna.';

/** What the page keeps on the device, apart from the model. `theme` is read by public/theme.js too. */
export type StorageKey = 'conversation' | 'settings' | 'theme' | 'dismissed' | 'model';

/** Reads a value; null when there is none or storage is not available. */
export function readStored(key: StorageKey): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

/** Writes a value. @returns false when the browser refused (full, blocked) */
export function writeStored(key: StorageKey, value: string): boolean {
  try {
    localStorage.setItem(PREFIX + key, value);
    return true;
  } catch {
    return false;
  }
}

/** Deletes a value; nothing happens when there is none. */
export function removeStored(key: StorageKey): void {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // Storage is blocked: there is nothing to delete.
  }
}
