import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GenerationEvent } from '../protocol/host.ts';
import { DeltaBatcher } from './delta-batcher.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const events: GenerationEvent[] = [];
  return { events, batcher: new DeltaBatcher((event) => events.push(event)) };
}

describe('DeltaBatcher', () => {
  it('sends the first delta at once and joins the following ones', () => {
    const { events, batcher } = setUp();
    for (const [index, delta] of ['a', 'b', 'c'].entries()) {
      batcher.add(delta, { generatedTokens: index + 1, droppedMessages: 0 });
    }
    expect(events).toEqual([{ delta: 'a', generatedTokens: 1, droppedMessages: 0 }]);
    vi.advanceTimersByTime(20);
    expect(events[1]).toEqual({ delta: 'bc', generatedTokens: 3, droppedMessages: 0 });
  });

  it('joins thinking and answer apart from each other', () => {
    const { events, batcher } = setUp();
    const progress = { generatedTokens: 1, droppedMessages: 0 };
    batcher.add('', { ...progress, thinking: 'so' });
    batcher.add('', { ...progress, thinking: ' it' });
    batcher.add('Yes', progress);
    batcher.flush();
    expect(events).toEqual([
      { ...progress, delta: '', thinking: 'so' },
      { ...progress, delta: 'Yes', thinking: ' it' },
    ]);
    batcher.flush();
    expect(events).toHaveLength(2);
  });

  it('drops what is waiting when it is closed', () => {
    const { events, batcher } = setUp();
    batcher.add('a', { generatedTokens: 1, droppedMessages: 0 });
    batcher.add('b', { generatedTokens: 2, droppedMessages: 0 });
    batcher.close();
    vi.advanceTimersByTime(100);
    expect(events).toHaveLength(1);
  });
});
