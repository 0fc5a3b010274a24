// Which model the page uses: the one that it comes with, one at an address, or a file. Knows nothing of the DOM.

/** A model at an address: a manifest (.json) or the weights (.gguf). */
export interface AddressChoice {
  readonly kind: 'url';
  /** Absolute. */
  readonly url: string;
  readonly name: string;
}

/** A file that the person picked or dropped. Read in place; cannot be remembered for the next visit. */
export interface FileChoice {
  readonly kind: 'file';
  readonly file: File;
  readonly name: string;
}

/** What to load. */
export type ModelChoice = AddressChoice | FileChoice;

/** The name of the model that the page comes with. */
export const DEFAULT_MODEL_NAME = 'Sterna Chat';

const MAX_ADDRESS_LENGTH = 2_000;
const MAX_NAME_LENGTH = 200;

/** First four bytes of every GGUF file. */
const GGUF_MAGIC = 'GGUF';

/** The model that the page comes with. @param baseUrl address of the page */
export function defaultChoice(baseUrl: string): AddressChoice {
  const { href } = new URL('./models/sterna-chat/manifest.json', baseUrl);
  return { kind: 'url', url: href, name: DEFAULT_MODEL_NAME };
}

/** Whether this is the model that the page comes with. */
export function isDefaultChoice(choice: ModelChoice, baseUrl: string): boolean {
  return choice.kind === 'url' && choice.url === defaultChoice(baseUrl).url;
}

/** Text for storage; null for what is not stored: files, and the default. `parseChoice` reads it. */
export function serialiseChoice(choice: ModelChoice, baseUrl: string): string | null {
  if (choice.kind === 'file' || isDefaultChoice(choice, baseUrl)) return null;
  return JSON.stringify({ url: choice.url, name: choice.name });
}

/** Reads a stored choice; the default when there is none or it is damaged. Storage is untrusted. */
export function parseChoice(text: string | null, baseUrl: string): AddressChoice {
  const fallback = defaultChoice(baseUrl);
  if (text === null) return fallback;
  try {
    const { url, name } = JSON.parse(text) as Record<string, unknown>;
    if (typeof url !== 'string' || typeof name !== 'string' || name.length > MAX_NAME_LENGTH) return fallback;
    const read = readAddress(url, baseUrl);
    return 'choice' in read ? { ...read.choice, name } : fallback;
  } catch {
    return fallback;
  }
}

/** The outcome of reading an address: a choice, or a sentence that says what is wrong with it. */
export type AddressResult = { readonly choice: AddressChoice } | { readonly problem: string };

/**
 * Reads the address that a person gave. The page of a file on Hugging Face is taken for the file itself.
 * @param baseUrl address of the page: http is accepted only where the page itself comes from
 */
export function readAddress(text: string, baseUrl: string): AddressResult {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: 'Enter the address of a model.' };
  if (trimmed.length > MAX_ADDRESS_LENGTH) return { problem: 'This address is too long.' };
  let url: URL;
  try {
    url = new URL(trimmed);
  } catch {
    return { problem: `“${shorten(trimmed)}” is no address. It begins with https://` };
  }
  if (url.protocol !== 'https:' && url.origin !== new URL(baseUrl).origin) {
    return { problem: `The address begins with ${url.protocol} and only https:// can be loaded.` };
  }
  if (url.hostname === 'huggingface.co') url.pathname = url.pathname.replace('/blob/', '/resolve/');
  url.hash = '';
  if (!/\.(gguf|json)$/i.test(url.pathname)) {
    return { problem: 'The address ends neither in .gguf (the model) nor in .json (its manifest).' };
  }
  return { choice: { kind: 'url', url: url.href, name: nameOfAddress(url.href) } };
}

/** The last part of an address that tells models apart: the file, or the folder of a manifest. */
export function nameOfAddress(url: string): string {
  const parts = url.split(/[?#]/)[0].split('/').filter(Boolean);
  const last = parts.at(-1) ?? url;
  return decode((last === 'manifest.json' ? parts.at(-2) : last) ?? url);
}

/**
 * Looks whether a file can be a model, before the present one is given up for it.
 * @returns a sentence that says what is wrong, or null
 */
export async function findFileProblem(file: File): Promise<string | null> {
  let start: string;
  try {
    start = await file.slice(0, GGUF_MAGIC.length).text();
  } catch {
    return `${file.name} cannot be read. Folders cannot be loaded; choose a single .gguf file.`;
  }
  if (start === GGUF_MAGIC) return null;
  return `${file.name} is no GGUF file: it begins with ${JSON.stringify(start)} instead of "GGUF". Choose a .gguf file.`;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
