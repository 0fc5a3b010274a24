// What a screen reader says without moving the focus. One polite region, in index.html: announcing each token
// would talk over itself, so the page announces finished answers and outcomes only.

/** Says `text` when the screen reader is idle. */
export function announce(text: string): void {
  const region = document.querySelector('#announcer');
  if (region === null) return;
  region.textContent = '';
  // A change within the same task as the clearing is not noticed as new.
  setTimeout(() => {
    region.textContent = text;
  }, 60);
}
