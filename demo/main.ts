// Entry of the chat page.
import { startApp } from './app.ts';
import { requireElement } from './dom.ts';
import { describeError } from './state/error-recovery.ts';
import { installTrustedTypes } from './trusted-types.ts';
import { showNotice } from './views/notice-view.ts';

installTrustedTypes();
startApp().catch((error: unknown) => {
  // A defect of the page. Better a plain sentence than a page that does nothing.
  console.error(error);
  showNotice(requireElement('#notices', HTMLElement), {
    kind: 'error',
    title: 'The page could not start',
    text: describeError(error),
    actions: [{ label: 'Reload', run: () => location.reload() }],
  });
});
