// Model output as DOM. Two walls, each enough by itself: raw HTML in the Markdown becomes visible text, and
// whatever the renderer makes of the rest passes an allow-list. No images, no styles, no scripts, no handlers.
import DOMPurify, { type Config } from 'dompurify';
import { Marked, type Token, type Tokens } from 'marked';

/** Schemes that a link may have. */
const LINK_SCHEMES = /^(?:https?:\/\/|mailto:)/i;

const ALLOWED_TAGS = [
  ...['p', 'br', 'hr', 'strong', 'em', 'del', 'code', 'pre', 'blockquote', 'a', 'ul', 'ol', 'li'],
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
];

const SANITISE: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS,
  ALLOWED_ATTR: ['href', 'class', 'start', 'align'],
  ALLOWED_URI_REGEXP: LINK_SCHEMES,
  // Not URLs, so the expression above does not apply to them.
  ADD_URI_SAFE_ATTR: ['start', 'align'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOW_UNKNOWN_PROTOCOLS: false,
  // Drop these with their content: the text inside is code, not words.
  FORBID_CONTENTS: ['script', 'style', 'svg', 'math', 'template', 'iframe', 'object', 'noscript'],
  RETURN_DOM_FRAGMENT: true,
};

const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    // Raw HTML in an answer is shown, not interpreted.
    html: ({ text }) => escapeHtml(text),
    // An image would tell its server that the answer was read; its description links to it instead.
    image: ({ href, text }) => `<a href="${escapeHtml(href)}">${escapeHtml(text || href)}</a>`,
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    code: ({ text, lang }) => {
      const language = /^[\w+#.-]{1,30}/.exec(lang ?? '')?.[0] ?? '';
      const className = language === '' ? '' : ` class="language-${escapeHtml(language)}"`;
      return `<pre><code${className}>${escapeHtml(text)}\n</code></pre>\n`;
    },
  },
});

/** One top-level block of Markdown: its source, and how to make its DOM. */
export interface MarkdownBlock {
  /** The source; equal sources of the same place render alike while an answer grows. */
  readonly source: string;
  /** Makes the sanitised DOM. Each call makes a new fragment. */
  render(): DocumentFragment;
}

/**
 * Splits Markdown into top-level blocks, so that a growing answer re-renders only its last one.
 *
 * @param markdown untrusted text
 */
export function splitMarkdown(markdown: string): MarkdownBlock[] {
  return marked
    .lexer(markdown)
    .filter((token) => token.type !== 'space')
    .map((token) => ({ source: token.raw, render: () => renderToken(token) }));
}

/**
 * Makes sanitised DOM of a whole Markdown text.
 *
 * @param markdown untrusted text
 */
export function renderMarkdown(markdown: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const block of splitMarkdown(markdown)) fragment.append(block.render());
  return fragment;
}

/**
 * The second wall by itself: HTML to DOM of allowed elements and attributes only. Links open in a new tab
 * without telling the other page where they came from.
 *
 * @param html untrusted HTML
 */
export function sanitiseHtml(html: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(html, SANITISE);
  for (const element of fragment.querySelectorAll('*')) restrictAttributes(element);
  return fragment;
}

function renderToken(token: Token | Tokens.Generic): DocumentFragment {
  return sanitiseHtml(marked.parser([token as Token]));
}

function restrictAttributes(element: Element): void {
  const isCode = element.localName === 'code';
  if (!isCode || !/^language-[\w+#.-]{1,30}$/.test(element.className)) element.removeAttribute('class');
  if (element.localName !== 'a') {
    element.removeAttribute('href');
    return;
  }
  if (!LINK_SCHEMES.test(element.getAttribute('href') ?? '')) {
    element.replaceWith(...element.childNodes);
    return;
  }
  element.setAttribute('target', '_blank');
  element.setAttribute('rel', 'noopener noreferrer');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
