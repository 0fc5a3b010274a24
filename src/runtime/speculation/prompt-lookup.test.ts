import { describe, expect, it } from 'vitest';
import { PromptLookup } from './prompt-lookup.ts';

describe('PromptLookup', () => {
  it('drafts what followed the last two tokens before', () => {
    expect(new PromptLookup([1, 2, 3, 4, 5, 9, 1, 2]).draft(3)).toEqual([3, 4, 5]);
  });

  it('drafts nothing when they never occurred together', () => {
    expect(new PromptLookup([1, 2, 3, 2, 1, 3]).draft(3)).toEqual([]);
    expect(new PromptLookup([1]).draft(3)).toEqual([]);
    expect(new PromptLookup([]).draft(3)).toEqual([]);
  });

  it('prefers the longest match, then the latest', () => {
    // 7 8 was followed by 1 (after 5 6), by 2 (after 9), and by 3 (after 9 again).
    const lookup = new PromptLookup([5, 6, 7, 8, 1, 9, 7, 8, 2, 9, 7, 8, 3, 5, 6, 7, 8]);
    expect(lookup.draft(1)).toEqual([1]);
    expect(new PromptLookup([9, 7, 8, 2, 9, 7, 8, 3, 4, 7, 8]).draft(1)).toEqual([3]);
  });

  it('repeats itself where the match runs into the end', () => {
    expect(new PromptLookup([4, 1, 2, 1, 2]).draft(5)).toEqual([1, 2, 1, 2, 1]);
    expect(new PromptLookup([6, 6, 6]).draft(4)).toEqual([6, 6, 6, 6]);
  });

  it('takes tokens as they come, of large vocabularies too', () => {
    const lookup = new PromptLookup([262143, 151935]);
    for (const id of [7, 262143, 151935]) lookup.push(id);
    expect(lookup.draft(2)).toEqual([7, 262143]);
  });
});
