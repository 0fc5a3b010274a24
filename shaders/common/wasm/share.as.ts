// Rows of a share: kernels that threads can share get which one it is and how many there are.

/** Rows of a share are multiples, so that kernels for several rows at once have no rests in between. */
const MULTIPLE: u32 = 4;

/** First row of a share; that of the next share is its end. Shares cover all rows, and may be empty. */
// @ts-ignore: decorator
@inline
export function shareStart(rows: u32, share: u32, shares: u32): u32 {
  const each = (rows / MULTIPLE + shares) / shares * MULTIPLE;
  return min(rows, share * each);
}
