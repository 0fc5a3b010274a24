// How many tokens one pass of prefill may have: what the scratch buffers are made for.

/** What a pass may need of the device. */
export interface ChunkDevice {
  /** True on adapters that compute on the CPU. */
  readonly onCpu: boolean;
  /** Largest buffer that the device allows, in bytes. */
  readonly maxBufferBytes: number;
}

// The tiles of the matrix kernels are reused by more tokens: BitNet-2B takes 362 us a layer for 128 tokens on an H100, and
// 986 us for 512. On the CPU there is nothing to fill.
const MOST_TOKENS = 512;
const MOST_TOKENS_ON_CPU = 128;
/** Devices whose buffers are smaller have little memory: phones, mostly. */
const SMALL_BUFFER_BYTES = 2 ** 30;
const MOST_TOKENS_ON_SMALL = 256;
const TILE = 64;
const LARGE: ChunkDevice = { onCpu: false, maxBufferBytes: Number.POSITIVE_INFINITY };

/**
 * Tokens of the largest chunk: at most a quarter of the context, in multiples of 64, so that the scratch of a pass stays
 * below the cache; but at least 128, or the context where it is shorter.
 * @param device default: a GPU with much memory
 */
export function defaultChunkTokens(contextLength: number, device: ChunkDevice = LARGE): number {
  const small = device.maxBufferBytes < SMALL_BUFFER_BYTES;
  const most = device.onCpu ? MOST_TOKENS_ON_CPU : small ? MOST_TOKENS_ON_SMALL : MOST_TOKENS;
  const share = Math.floor(contextLength / 4 / TILE) * TILE;
  return Math.min(contextLength, most, Math.max(MOST_TOKENS_ON_CPU, share));
}
