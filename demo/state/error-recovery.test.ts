import { EngineError } from 'sterna';
import { describe, expect, it } from 'vitest';
import { describeError, recoveriesFor } from './error-recovery.ts';

const actionsFor = (
  code: ConstructorParameters<typeof EngineError>[0],
  during: 'load' | 'answer',
): string[] => recoveriesFor(new EngineError(code, 'x'), during).map(({ action }) => action);

describe('recoveriesFor', () => {
  it('loads the model again after the GPU or the worker was lost', () => {
    expect(actionsFor('device-lost', 'answer')).toEqual(['reload-model']);
    expect(actionsFor('worker-crashed', 'answer')).toEqual(['reload-model']);
  });

  it('offers to delete a stored model whose bytes are wrong', () => {
    expect(actionsFor('integrity', 'load')).toContain('forget-model');
  });

  it('offers a new chat when the context is full', () => {
    expect(actionsFor('context-full', 'answer')[0]).toBe('new-chat');
  });

  it('never offers a new chat or the settings for a load', () => {
    for (const code of ['out-of-memory', 'bad-argument', 'network', 'storage'] as const) {
      expect(actionsFor(code, 'load')).toEqual(['retry']);
    }
  });

  it('offers another model when this one cannot chat', () => {
    expect(actionsFor('unsupported-model', 'answer')).toEqual(['choose-model']);
  });

  it('offers to try again for anything unknown', () => {
    expect(recoveriesFor('thrown text', 'answer').map(({ action }) => action)).toEqual(['retry']);
  });
});

describe('describeError', () => {
  it('takes the message of an error, and says so when there is none', () => {
    expect(describeError(new EngineError('network', 'The server answered 503.'))).toBe(
      'The server answered 503.',
    );
    expect(describeError(new Error(''))).toContain('without saying why');
    expect(describeError(undefined)).toContain('undefined');
  });
});
