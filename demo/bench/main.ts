// Entry of the benchmark page.
import { requireElement } from '../dom.ts';
import { describeError } from '../state/error-recovery.ts';
import { installTrustedTypes } from '../trusted-types.ts';
import { showNotice } from '../views/notice-view.ts';
import { startBenchApp } from './bench-app.ts';

installTrustedTypes();
startBenchApp().catch((error: unknown) => {
  console.error(error);
  showNotice(requireElement('#notices', HTMLElement), {
    kind: 'error',
    title: 'The page could not start',
    text: describeError(error),
    actions: [{ label: 'Reload', run: () => location.reload() }],
  });
});
