// Applies the stored choice of light or dark before the first paint, so that the page does not flash.
// A classic script in <head>, because modules run after parsing. The key is the one of demo/state/browser-storage.ts.
try {
  const theme = localStorage.getItem('sterna.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's preference applies.
}
