// SHA-256 of one chunk through WebCrypto, which runs off the thread. Needs a secure context, as WebGPU does.

/** @returns lower-case hex SHA-256 of `bytes` */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
