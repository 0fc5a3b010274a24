import { describe, expect, it } from 'vitest';
import { type RowWindow, readAhead, rowWindows } from './row-windows.ts';

const windows = [...rowWindows(3, 10, 3)];

describe('rowWindows', () => {
  it('covers the rows in order, the last window shorter', () => {
    expect(windows).toEqual([
      { first: 3, count: 3 },
      { first: 6, count: 3 },
      { first: 9, count: 1 },
    ]);
    expect([...rowWindows(4, 4, 3)]).toEqual([]);
  });
});

describe('readAhead', () => {
  it('works on every window in order, while exactly one further read runs', async () => {
    const events: string[] = [];
    const read = async ({ first }: RowWindow) => {
      events.push(`read ${first}`);
      return first;
    };
    await readAhead(windows, read, (data, { first }) => {
      events.push(`work ${data} ${first}`);
    });
    expect(events).toEqual(['read 3', 'read 6', 'work 3 3', 'read 9', 'work 6 6', 'work 9 9']);
  });

  it('throws the error of a read in its turn, and reads nothing more', async () => {
    const reads: number[] = [];
    const worked: number[] = [];
    const read = async ({ first }: RowWindow) => {
      reads.push(first);
      if (first === 6) throw new Error('read 6 failed');
      return first;
    };
    const running = readAhead(windows, read, (data) => {
      worked.push(data);
    });
    await expect(running).rejects.toThrow('read 6 failed');
    expect(worked).toEqual([3]);
    expect(reads).toEqual([3, 6, 9]);
  });

  it('waits for the read that is ahead when the work fails, and its error stays unseen', async () => {
    let isReading = false;
    const read = async ({ first }: RowWindow) => {
      if (first === 3) return first;
      isReading = true;
      await new Promise((resolve) => setTimeout(resolve, 20));
      isReading = false;
      throw new Error('read failed too');
    };
    const running = readAhead(windows, read, () => {
      throw new Error('work failed');
    });
    await expect(running).rejects.toThrow('work failed');
    expect(isReading).toBe(false);
  });
});
