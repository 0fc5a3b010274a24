// A message of the page itself, above the conversation: what is the case, what to do about it, and a way to close it.
import { button, h, icon } from '../dom.ts';

/** What a notice says. */
export interface NoticeContent {
  readonly kind: 'info' | 'warning' | 'error';
  readonly title: string;
  readonly text?: string;
  readonly actions?: readonly { readonly label: string; readonly run: () => void }[];
  /** Called when the person closed it. Without it there is no close button. */
  readonly onClose?: () => void;
}

/** A shown notice. */
export interface Notice {
  remove(): void;
}

/** Shows a notice at the end of `host`. Actions close it too. */
export function showNotice(host: HTMLElement, content: NoticeContent): Notice {
  const element = h('div', {
    class: `notice ${content.kind}`,
    role: content.kind === 'error' ? 'alert' : 'status',
  });
  const remove = (): void => element.remove();
  const actions = (content.actions ?? []).map(({ label, run }) =>
    button({
      label,
      onClick: () => {
        remove();
        run();
      },
    }),
  );
  const body = h('div', { class: 'notice-body' }, h('p', { class: 'notice-title' }, content.title));
  if (content.text) body.append(h('p', {}, content.text));
  if (actions.length > 0) body.append(h('div', { class: 'actions' }, ...actions));
  element.append(icon(content.kind === 'info' ? 'info' : 'warning'), body);
  const { onClose } = content;
  if (onClose) {
    const close = (): void => {
      remove();
      onClose();
    };
    element.append(
      button({ label: 'Close', icon: 'close', iconOnly: true, className: 'quiet', onClick: close }),
    );
  }
  host.append(element);
  return { remove };
}
