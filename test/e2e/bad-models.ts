// Model files that must be refused, made from the true one or from nothing. GGUF layout: magic, version u32,
// tensor count u64, metadata count u64, then metadata, tensor infos, padding and data, all little-endian.

/** A model file that the page must refuse, with the manifest through which it is offered. */
export interface BadModel {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Size that the manifest states; differs from the file where that is the point. */
  readonly statedBytes: number;
}

const HEADER_BYTES = 24;
const TENSOR_COUNT_OFFSET = 8;
const METADATA_COUNT_OFFSET = 16;

/** Every bad model, from the bytes of a sound one. */
export function badModels(sound: Uint8Array): BadModel[] {
  const whole = (name: string, bytes: Uint8Array): BadModel => ({ name, bytes, statedBytes: bytes.length });
  const truncated = sound.slice(0, sound.length >> 1);
  return [
    whole('a file cut in the middle, of the stated size', truncated),
    { name: 'a file shorter than its manifest states', bytes: truncated, statedBytes: sound.length },
    whole('a file that ends inside the header', sound.slice(0, HEADER_BYTES + 5)),
    whole(
      'a web page instead of a model',
      new TextEncoder().encode('<!doctype html><title>Not found</title>'.repeat(64)),
    ),
    whole('a header that counts 2^60 tensors', withU64(sound, TENSOR_COUNT_OFFSET, 2n ** 60n)),
    whole('a header that counts 2^62 metadata entries', withU64(sound, METADATA_COUNT_OFFSET, 2n ** 62n)),
    whole('a metadata key of 2^56 bytes', withU64(sound, HEADER_BYTES, 2n ** 56n)),
  ];
}

function withU64(source: Uint8Array, offset: number, value: bigint): Uint8Array {
  const bytes = source.slice();
  new DataView(bytes.buffer).setBigUint64(offset, value, true);
  return bytes;
}
