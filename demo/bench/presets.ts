// What can be measured, as people choose it. Knows nothing of the DOM.

/** A set of tests under a name. */
export interface Preset {
  readonly id: string;
  readonly label: string;
  readonly tests: string;
  readonly depths: string;
}

/** The sets; the first two are the defaults of a CPU adapter and of a GPU. */
export const PRESETS: readonly Preset[] = [
  { id: 'short', label: 'Short: prompt of 64, answer of 32', tests: 'pp64, tg32', depths: '0' },
  { id: 'standard', label: 'Standard: prompt of 512, answer of 128', tests: 'pp512, tg128', depths: '0' },
  {
    id: 'sweep',
    label: 'Context sweep: answers at 0 to 3584 tokens',
    tests: 'tg64',
    depths: '0, 512, 1024, 2048, 3584',
  },
  { id: 'own', label: 'My own', tests: 'pp512, tg128', depths: '0, 1024' },
];

/** What was typed, or what is wrong with it. */
export type ReadList<T> = { readonly values: readonly T[] } | { readonly problem: string };

const MAX_ENTRIES = 16;

/** Reads names of tests: pp or tg and a number of tokens, separated by commas. */
export function readTests(text: string): ReadList<string> {
  const names = splitList(text);
  const wrong = names.find((name) => !/^(pp|tg)[1-9]\d{0,5}$/.test(name));
  if (wrong !== undefined) return { problem: `“${wrong}” is no test. Write pp512 or tg128, for example.` };
  return checkCount(names, 'tests');
}

/** Reads depths: whole numbers of tokens, separated by commas. */
export function readDepths(text: string): ReadList<number> {
  const parts = splitList(text);
  const wrong = parts.find((part) => !/^\d{1,6}$/.test(part));
  if (wrong !== undefined) return { problem: `“${wrong}” is no depth. Write 0 or 1024, for example.` };
  return checkCount(parts.map(Number), 'depths');
}

function checkCount<T>(values: readonly T[], what: string): ReadList<T> {
  if (values.length === 0) return { problem: `Write at least one of the ${what}.` };
  if (values.length > MAX_ENTRIES) return { problem: `At most ${MAX_ENTRIES} ${what}, please.` };
  return { values };
}

function splitList(text: string): string[] {
  return text
    .split(/[\s,;]+/)
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '');
}
