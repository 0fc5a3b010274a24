// Model files that must be refused, made from the true one or from nothing. GGUF layout: magic, version u32,
// tensor count u64, metadata count u64, then metadata, tensor infos, padding and data, all little-endian.

/** A model file that the page must refuse, with the manifest through which it is offered. */
export interface BadModel {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Size that the manifest states; differs from the file where that is the point. */
  readonly statedBytes: number;
  /** What the error must speak of, so that a refusal for another reason does not pass. */
  readonly complaint: RegExp;
}

const HEADER_BYTES = 24;
const TENSOR_COUNT_OFFSET = 8;
const METADATA_COUNT_OFFSET = 16;

/** Every bad model, from the bytes of a sound one. */
export function badModels(soundFile: Uint8Array): BadModel[] {
  // A copy of its own: slices of a Buffer would share its memory.
  const sound = new Uint8Array(soundFile);
  const whole = (name: string, complaint: RegExp, bytes: Uint8Array): BadModel => ({
    name,
    complaint,
    bytes,
    statedBytes: bytes.length,
  });
  const truncated = sound.slice(0, sound.length >> 1);
  const webPage = new TextEncoder().encode('<!doctype html><title>Not found</title>'.repeat(64));
  return [
    whole('a file cut in the middle, of the stated size', /tensor .* ends at/, truncated),
    {
      name: 'a file shorter than its manifest states',
      complaint: /size|version|bytes/,
      bytes: truncated,
      statedBytes: sound.length,
    },
    whole('a file that ends inside the header', /cut off|ends/, sound.slice(0, HEADER_BYTES + 5)),
    whole('a web page instead of a model', /magic|GGUF/, webPage),
    whole(
      'a header that counts 2^60 tensors',
      /tensor count/,
      withU64(sound, TENSOR_COUNT_OFFSET, 2n ** 60n),
    ),
    whole(
      'a header that counts 2^40 tensors',
      /tensor count/,
      withU64(sound, TENSOR_COUNT_OFFSET, 2n ** 40n),
    ),
    whole(
      'a header that counts 2^62 metadata entries',
      /metadata count/,
      withU64(sound, METADATA_COUNT_OFFSET, 2n ** 62n),
    ),
    whole('a metadata key of 2^56 bytes', /key of metadata entry 0/, withU64(sound, HEADER_BYTES, 2n ** 56n)),
    whole('a metadata key of 2^40 bytes', /key of metadata entry 0/, withU64(sound, HEADER_BYTES, 2n ** 40n)),
  ];
}

function withU64(source: Uint8Array, offset: number, value: bigint): Uint8Array {
  const bytes = source.slice();
  new DataView(bytes.buffer).setBigUint64(offset, value, true);
  return bytes;
}
