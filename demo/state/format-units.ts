// Numbers as people read them.

/** Bytes with a decimal unit: `7.1 MB`, `812 kB`, `0 B`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** Bytes per second: `3.4 MB/s`; an empty string while unknown (0). */
export function formatByteRate(bytesPerSecond: number): string {
  return bytesPerSecond > 0 ? `${formatBytes(bytesPerSecond)}/s` : '';
}

/** Time left, rounded up: `8 s left`, `2 min left`; an empty string for null. */
export function formatRemaining(remainingMs: number | null): string {
  if (remainingMs === null || !Number.isFinite(remainingMs)) return '';
  const seconds = Math.max(1, Math.ceil(remainingMs / 1000));
  if (seconds < 90) return `${seconds} s left`;
  return `${Math.ceil(seconds / 60)} min left`;
}

/** A short duration: `84 ms`, `1.3 s`. */
export function formatDuration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** A speed: `12.3 tokens/s`; whole numbers from 100 on. */
export function formatTokenRate(tokensPerSecond: number): string {
  return `${tokensPerSecond.toFixed(tokensPerSecond < 100 ? 1 : 0)} tokens/s`;
}
