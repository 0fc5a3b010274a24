// Cuts a text of tokens into windows for scoring: each prediction counts once, with as much context as its window gives.
import { EngineError } from '../errors.ts';

/** How to cut. */
export interface WindowOptions {
  /** Predictions of a window, at least 1. */
  readonly windowTokens: number;
  /** Tokens from one window to the next, 1 to windowTokens. */
  readonly strideTokens: number;
  /** Most windows. Default: the whole text. */
  readonly windows?: number;
  /** Every window begins with BOS, so that the first token of the text counts too. */
  readonly beginToken: boolean;
}

/** One window, in indices of the text's tokens: it predicts [first, end), of which [countedFrom, end) count. */
export interface TokenWindow {
  readonly first: number;
  readonly countedFrom: number;
  readonly end: number;
}

/**
 * Windows over a text of `tokenCount` tokens; the last one is shorter when the text ends inside it.
 * @throws EngineError 'bad-argument' when the text does not fill one window, or not as many as were asked for
 */
export function planWindows(tokenCount: number, options: WindowOptions): readonly TokenWindow[] {
  const { windowTokens, strideTokens, windows: wanted, beginToken } = options;
  const start = beginToken ? 0 : 1;
  const shortest = start + windowTokens;
  if (tokenCount < shortest) {
    throw new EngineError(
      'bad-argument',
      `The text is too short: ${tokenCount} tokens; one window of ${windowTokens} needs ${shortest}. Give a longer text or a smaller window.`,
      { details: { have: tokenCount, need: shortest } },
    );
  }
  const windows: TokenWindow[] = [];
  let countedFrom = start;
  for (let first = start; countedFrom < tokenCount; first += strideTokens) {
    if (windows.length === wanted) break;
    const end = Math.min(first + windowTokens, tokenCount);
    windows.push({ first, countedFrom, end });
    countedFrom = end;
  }
  if (wanted !== undefined && windows.length < wanted) {
    throw new EngineError(
      'bad-argument',
      `The text is too short: its ${tokenCount} tokens make ${windows.length} windows; ${wanted} were asked for. Give a longer text or fewer windows.`,
      { details: { have: windows.length, need: wanted } },
    );
  }
  return windows;
}
