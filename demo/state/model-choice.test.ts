import { describe, expect, it } from 'vitest';
import {
  defaultChoice,
  findFileProblem,
  isDefaultChoice,
  nameOfAddress,
  parseChoice,
  readAddress,
  serialiseChoice,
} from './model-choice.ts';

const PAGE = 'https://example.org/chat/';

describe('readAddress', () => {
  it.each([
    [' https://a.test/m/tiny.gguf#x ', 'https://a.test/m/tiny.gguf', 'tiny.gguf'],
    ['https://a.test/tiny/manifest.json?v=2', 'https://a.test/tiny/manifest.json?v=2', 'tiny'],
    ['https://a.test/My%20Model.GGUF', 'https://a.test/My%20Model.GGUF', 'My Model.GGUF'],
    [
      'https://huggingface.co/o/r/blob/main/x.gguf',
      'https://huggingface.co/o/r/resolve/main/x.gguf',
      'x.gguf',
    ],
  ])('takes %j', (text, url, name) => {
    expect(readAddress(text, PAGE)).toEqual({ choice: { kind: 'url', url, name } });
  });

  it.each([
    ['  ', 'Enter the address'],
    ['tiny.gguf', '“tiny.gguf” is no address'],
    ['http://a.test/tiny.gguf', 'begins with http: and only https://'],
    ['javascript:alert(1)//x.gguf', 'begins with javascript:'],
    ['https://a.test/page', 'neither in .gguf'],
    [`https://a.test/${'a'.repeat(3000)}.gguf`, 'too long'],
  ])('refuses %j and says why', (text, words) => {
    expect(readAddress(text, PAGE)).toEqual({ problem: expect.stringContaining(words) });
  });

  it('takes http from where the page itself comes from', () => {
    expect(readAddress('http://localhost:5173/m/x.gguf', 'http://localhost:5173/')).toHaveProperty('choice');
  });
});

describe('the remembered choice', () => {
  it('comes back as it was', () => {
    const choice = { kind: 'url', url: 'https://a.test/x.gguf', name: 'X' } as const;
    expect(parseChoice(serialiseChoice(choice, PAGE), PAGE)).toEqual(choice);
  });

  it('is nothing for the default and for a file', () => {
    const own = defaultChoice(PAGE);
    expect(isDefaultChoice(own, PAGE)).toBe(true);
    expect(serialiseChoice(own, PAGE)).toBeNull();
    const file = new File(['GGUF'], 'x.gguf');
    expect(serialiseChoice({ kind: 'file', file, name: 'x' }, PAGE)).toBeNull();
  });

  it.each([null, '', 'no json', 'null', '[]', '{"url":3,"name":"x"}', '{"url":"ftp://a/x.gguf","name":"x"}'])(
    'is the default for %j in storage',
    (text) => {
      expect(parseChoice(text, PAGE)).toEqual(defaultChoice(PAGE));
    },
  );
});

describe('nameOfAddress', () => {
  it('survives what cannot be decoded', () => {
    expect(nameOfAddress('https://a.test/100%.gguf')).toBe('100%.gguf');
  });
});

describe('findFileProblem', () => {
  it('accepts what begins as a GGUF file', async () => {
    expect(await findFileProblem(new File(['GGUF\u0003'], 'a.gguf'))).toBeNull();
  });

  it.each([['PK\u0003\u0004zip'], ['']])(
    'refuses a file that begins with %j and names it',
    async (content) => {
      expect(await findFileProblem(new File([content], 'a.gguf'))).toMatch(/^a\.gguf is no GGUF file/);
    },
  );
});
