// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { renderMarkdown, sanitiseHtml, splitMarkdown } from './markdown.ts';

function htmlOf(fragment: DocumentFragment): string {
  const host = document.createElement('div');
  host.append(fragment);
  return host.innerHTML;
}

/** Every element and attribute that a hostile text could use must be absent from the DOM. */
function expectHarmless(fragment: DocumentFragment): void {
  const banned =
    'script,style,svg,math,img,iframe,object,embed,form,input,button,link,meta,base,template,video,audio';
  expect(fragment.querySelector(banned)).toBeNull();
  for (const element of fragment.querySelectorAll('*')) {
    for (const attribute of element.attributes) {
      expect(attribute.name).not.toMatch(/^on|^style$|^id$|^name$|^src|^srcset$|^xlink|^formaction$|^data-/);
    }
    const href = element.getAttribute('href');
    if (href !== null) expect(href).toMatch(/^(https?:\/\/|mailto:)/);
  }
}

const HOSTILE: readonly (readonly [name: string, text: string])[] = [
  ['a script element', '<script>alert(1)</script>'],
  ['a script in capitals with a slash', '<SCRIPT/SRC="https://evil.example/x.js"></SCRIPT>'],
  ['a handler on an image', '<img src=x onerror=alert(1)>'],
  ['a handler on an allowed element', '<p onclick="alert(1)" onmouseover=alert(2)>hi</p>'],
  ['a javascript: link in HTML', '<a href="javascript:alert(1)">go</a>'],
  ['a javascript: link in Markdown', '[go](javascript:alert(1))'],
  [
    'a javascript: link with entities and tabs',
    '[go](java&#115;cript&#x3A;alert(1)) <a href="java\tscript:alert(1)">x</a>',
  ],
  ['a javascript: autolink', '<javascript:alert(1)>'],
  ['a vbscript: link', '[go](vbscript:msgbox(1))'],
  ['a data: link', '[go](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)'],
  ['a data: image', '![x](data:image/svg+xml,<svg onload=alert(1)>)'],
  ['an image from the network', '![pixel](https://evil.example/pixel.png)'],
  [
    'an image whose description breaks out',
    '!["><script>alert(1)</script>](https://evil.example/a"onerror="x)',
  ],
  ['an svg with a handler', '<svg onload=alert(1)><script>alert(2)</script></svg>'],
  ['an svg link', '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>'],
  ['math that hides markup', '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>'],
  ['a style element', '<style>*{background:url(https://evil.example)}</style>'],
  ['a style attribute', '<p style="position:fixed;inset:0">cover</p>'],
  ['an iframe', '<iframe srcdoc="<script>alert(1)</script>"></iframe>'],
  ['a form', '<form action="https://evil.example"><input name=q><button>send</button></form>'],
  [
    'a base and a meta refresh',
    '<base href="https://evil.example/"><meta http-equiv=refresh content="0;url=javascript:alert(1)">',
  ],
  ['nested tags that join when one is removed', '<scr<script>ipt>alert(1)</scr</script>ipt>'],
  ['nested handlers in a list in a quote', '> - <b onclick=alert(1)><img src=x onerror=alert(2)></b>'],
  ['a code fence whose language breaks out', '```"><img/src=x/onerror=alert(1)>\ncode\n```'],
  ['a link title that breaks out', '[x](https://a.example "\\"onmouseover=alert(1) x=\\"")'],
  ['names that shadow document properties', '<a id="location" name="cookie" href="https://a.example">x</a>'],
];

describe('hostile text', () => {
  it.each(HOSTILE)('is harmless as Markdown: %s', (_name, text) => {
    expectHarmless(renderMarkdown(text));
  });

  it.each(HOSTILE)('is harmless as HTML, the second wall by itself: %s', (_name, text) => {
    expectHarmless(sanitiseHtml(text));
  });

  it('shows raw HTML as text instead of hiding it', () => {
    expect(renderMarkdown('Use <b>bold</b> and <script>x</script>').textContent).toContain('<b>bold</b>');
    expect(renderMarkdown('<div>\nhello\n</div>').textContent).toContain('<div>');
  });

  it('keeps the text of a link that is refused', () => {
    const fragment = renderMarkdown('[press here](javascript:alert(1))');
    expect(fragment.querySelector('a')).toBeNull();
    expect(fragment.textContent).toContain('press here');
  });

  it('refuses relative and fragment links, which would point into the page', () => {
    expect(renderMarkdown('[a](/settings) [b](#top) [c](//evil.example)').querySelector('a')).toBeNull();
  });
});

describe('ordinary Markdown', () => {
  it('renders paragraphs, emphasis, lists and line breaks', () => {
    const html = htmlOf(renderMarkdown('One **two**\nthree\n\n1. a\n2. b\n'));
    expect(html).toContain('<p>One <strong>two</strong><br>three</p>');
    expect(html).toContain('<li>a</li>');
  });

  it('keeps the first number of an ordered list', () => {
    expect(renderMarkdown('7. seven').querySelector('ol')?.getAttribute('start')).toBe('7');
  });

  it('opens http, https and mailto links in a new tab without a referrer', () => {
    const fragment = renderMarkdown('[a](https://a.example) <http://b.example> [c](mailto:c@c.example)');
    const links = [...fragment.querySelectorAll('a')];
    expect(links.map((link) => link.getAttribute('href'))).toEqual([
      'https://a.example',
      'http://b.example',
      'mailto:c@c.example',
    ]);
    for (const link of links) {
      expect(link.getAttribute('target')).toBe('_blank');
      expect(link.getAttribute('rel')).toBe('noopener noreferrer');
    }
  });

  it('keeps the language of a code block and shows its text unchanged', () => {
    const code = renderMarkdown('```js\nif (a < b && c > "d") {}\n```').querySelector('pre > code');
    expect(code?.className).toBe('language-js');
    expect(code?.textContent).toBe('if (a < b && c > "d") {}\n');
  });

  it('renders tables with the alignment of their columns', () => {
    const fragment = renderMarkdown('| a | b |\n|---|--:|\n| 1 | 2 |');
    expect(fragment.querySelectorAll('td')).toHaveLength(2);
    expect(fragment.querySelectorAll('td')[1].getAttribute('align')).toBe('right');
  });

  it('turns an image into a link with its description', () => {
    const link = renderMarkdown('![a tern](https://a.example/t.png)').querySelector('a');
    expect(link?.textContent).toBe('a tern');
  });
});

describe('splitMarkdown', () => {
  it('leaves the blocks before the last one as they are while the text grows', () => {
    const before = splitMarkdown('# Title\n\nFirst paragraph.\n\nSec');
    const after = splitMarkdown('# Title\n\nFirst paragraph.\n\nSecond one.');
    expect(after.slice(0, 2).map((block) => block.source)).toEqual(
      before.slice(0, 2).map((block) => block.source),
    );
    expect(after).toHaveLength(3);
  });

  it('renders an unfinished code fence as code', () => {
    expect(renderMarkdown('```\nlet a').querySelector('code')?.textContent).toBe('let a\n');
  });

  it('gives no blocks for blank text', () => {
    expect(splitMarkdown(' \n\n')).toEqual([]);
  });
});
