// Making and finding elements. Never takes an HTML string: text goes in as text.

/** Attributes for `h`: strings are set as they are, `true` as an empty attribute; false, null and undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What `h` accepts as a child; null and undefined are left out. */
export type Child = Node | string | null | undefined;

/**
 * Creates an element.
 *
 * @param tag HTML tag name
 * @param attributes see `Attributes`; no event handlers and no `style` (the page's CSP forbids both)
 * @param children nodes, or strings that become text nodes
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined) element.append(child);
  }
  return element;
}

const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';

/** The drawings in `public/icons.svg`, by the id of their symbol. */
export type IconName =
  | 'send'
  | 'stop'
  | 'copy'
  | 'check'
  | 'repeat'
  | 'plus'
  | 'sliders'
  | 'sun'
  | 'moon'
  | 'keyboard'
  | 'close'
  | 'down'
  | 'warning'
  | 'info'
  | 'trash'
  | 'offline'
  | 'lock'
  | 'model'
  | 'tern';

/**
 * An icon that takes the text's colour and is hidden from assistive technology: its button carries the label.
 *
 * @param name symbol in `public/icons.svg`
 */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG_NAMESPACE, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('focusable', 'false');
  const use = document.createElementNS(SVG_NAMESPACE, 'use');
  use.setAttribute('href', `./icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Options of `button`. */
export interface ButtonOptions {
  /** Accessible name; also the visible text unless `iconOnly`. */
  readonly label: string;
  readonly icon?: IconName;
  /** Show the icon alone; the label becomes `aria-label` and the tooltip. */
  readonly iconOnly?: boolean;
  /** Extra classes beside `button`. */
  readonly className?: string;
  readonly onClick: () => void;
}

/** Creates a `type=button` button. */
export function button(options: ButtonOptions): HTMLButtonElement {
  const element = h('button', { type: 'button', class: `button ${options.className ?? ''}`.trim() });
  if (options.icon) element.append(icon(options.icon));
  if (options.iconOnly) setIconButtonLabel(element, options.label);
  else element.append(h('span', {}, options.label));
  element.addEventListener('click', options.onClick);
  return element;
}

/** Sets the accessible name and the tooltip of an icon-only button. */
export function setIconButtonLabel(element: HTMLButtonElement, label: string): void {
  element.setAttribute('aria-label', label);
  element.title = label;
}

/** Replaces the icon inside a button made by `button`. */
export function setButtonIcon(element: HTMLButtonElement, name: IconName): void {
  element.querySelector('.icon')?.replaceWith(icon(name));
}

/**
 * Finds an element of the page's fixed markup.
 *
 * @throws Error when index.html lacks it or it has another type: a defect of the page
 */
export function requireElement<T extends Element>(selector: string, type: new () => T): T {
  const element = document.querySelector(selector);
  if (!(element instanceof type)) {
    throw new Error(
      `index.html has no ${type.name} that matches ${selector}; the page and its script differ.`,
    );
  }
  return element;
}
