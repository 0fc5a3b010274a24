// An answer's Markdown in the page: re-renders only what changed while it grows, and adds the copy buttons.
import { button, h, setButtonIcon } from '../dom.ts';
import { type MarkdownBlock, splitMarkdown } from '../markdown.ts';
import { copyText } from './copy-text.ts';

/** A place that shows growing Markdown. */
export interface Prose {
  readonly element: HTMLElement;
  /** Shows `markdown`, keeping the elements of the blocks that did not change (selection and focus survive). */
  update(markdown: string): void;
  /** Shows the final text. Link definitions that came late are applied now. */
  finish(markdown: string): void;
}

/** Creates an empty prose element. */
export function createProse(): Prose {
  const element = h('div', { class: 'prose' });
  let sources: string[] = [];

  const show = (blocks: readonly MarkdownBlock[], from: number): void => {
    while (element.children.length > from) element.lastElementChild?.remove();
    for (const block of blocks.slice(from)) element.append(createBlock(block));
    sources = blocks.map((block) => block.source);
  };

  return {
    element,
    update(markdown) {
      const blocks = splitMarkdown(markdown);
      const firstChanged = blocks.findIndex((block, index) => block.source !== sources[index]);
      if (firstChanged >= 0 || blocks.length < sources.length) {
        show(blocks, firstChanged >= 0 ? firstChanged : blocks.length);
      }
    },
    finish(markdown) {
      const hasLinkDefinition = /^ {0,3}\[[^\]]+\]:/m.test(markdown);
      if (hasLinkDefinition) show(splitMarkdown(markdown), 0);
      else this.update(markdown);
    },
  };
}

function createBlock(block: MarkdownBlock): HTMLElement {
  const wrapper = h('div', { class: 'block' }, block.render());
  for (const pre of wrapper.querySelectorAll('pre')) pre.replaceWith(createCodeBlock(pre));
  for (const table of wrapper.querySelectorAll('table')) {
    const scroller = h('div', { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Table' });
    table.replaceWith(scroller);
    scroller.append(table);
  }
  return wrapper;
}

function createCodeBlock(pre: HTMLPreElement): HTMLElement {
  const code = pre.querySelector('code');
  const language = code?.className.replace('language-', '') ?? '';
  const copied = (): void => {
    setButtonIcon(copy, 'check');
    setTimeout(() => setButtonIcon(copy, 'copy'), 1500);
  };
  const copy = button({
    label: 'Copy code',
    icon: 'copy',
    iconOnly: true,
    className: 'quiet',
    onClick: () => void copyText(pre.textContent ?? '', 'Code').then((done) => done && copied()),
  });
  const content = h('pre', { tabindex: 0 }, ...pre.childNodes);
  return h(
    'div',
    { class: 'code-block' },
    h('div', { class: 'code-head' }, h('span', {}, language || 'code'), copy),
    content,
  );
}
