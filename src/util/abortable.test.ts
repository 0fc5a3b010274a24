import { describe, expect, it } from 'vitest';
import { abortable } from './abortable.ts';

describe('abortable', () => {
  it('passes results and errors of the promise', async () => {
    const { signal } = new AbortController();
    expect(await abortable(Promise.resolve(5), signal, undefined)).toBe(5);
    await expect(abortable(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });

  it('rejects with the reason of whichever signal aborts first', async () => {
    const first = new AbortController();
    const second = new AbortController();
    const waiting = abortable(new Promise(() => {}), first.signal, second.signal);
    second.abort('second');
    first.abort('first');
    await expect(waiting).rejects.toBe('second');
  });

  it('rejects at once with a signal that is aborted already', async () => {
    await expect(abortable(new Promise(() => {}), AbortSignal.abort('before'))).rejects.toBe('before');
  });
});
