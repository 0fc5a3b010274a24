// Plain oracle of bit-planes.

/** [T, K / 32, 8] u32: word p of group g is bit p of q[32g..32g+31], column 32g in the lowest bit. */
export function bitPlanesReference(q: Int8Array): Uint32Array {
  const planes = new Uint32Array(q.length / 4);
  for (let word = 0; word < planes.length; word++) {
    const group = Math.floor(word / 8);
    const bit = word % 8;
    for (let column = 0; column < 32; column++) {
      const byte = q[32 * group + column] & 0xff;
      if (Math.floor(byte / 2 ** bit) % 2 === 1) planes[word] += 2 ** column;
    }
  }
  return planes;
}
