// Copying to the clipboard, with a spoken confirmation.
import { announce } from './announcer.ts';

/**
 * Copies text and announces the outcome.
 *
 * @param what names the thing in the announcement, for example `Answer`
 * @returns whether it was copied
 */
export async function copyText(text: string, what: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    announce(`${what} copied.`);
    return true;
  } catch {
    announce(
      `${what} could not be copied: the browser does not allow it. Select the text and copy it by keyboard.`,
    );
    return false;
  }
}
