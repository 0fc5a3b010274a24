// SVG elements for the plots. Colours come from classes: the page's CSP allows no style attributes.

const NAMESPACE = 'http://www.w3.org/2000/svg';

/** Creates an SVG element. */
export function svg(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (SVGElement | string)[]
): SVGElement {
  const element = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** A drawing that assistive technology reads as one sentence. */
export function drawing(
  width: number,
  height: number,
  label: string,
  ...children: readonly SVGElement[]
): SVGElement {
  return svg(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, class: 'plot', role: 'img', 'aria-label': label },
    ...children,
  );
}

/** A round number at or above the largest value, for the end of an axis. */
export function niceEnd(largest: number): number {
  if (!(largest > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= largest) ?? 10;
  return step * power;
}
