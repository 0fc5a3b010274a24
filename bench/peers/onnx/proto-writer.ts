// Protocol buffer wire format, as far as ONNX models need it.
// Source: protobuf.dev, "Encoding": a tag is field << 3 | wire type; varints carry seven bits a byte from the low end.

const VARINT = 0;
const LENGTH = 2;
const FIXED32 = 5;

/** Appends the fields of one message. Field numbers are the caller's; every method returns the writer. */
export class ProtoWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** An integer field. @param value of at most 53 bits; negative ones take ten bytes, as int64 fields have them */
  integer(field: number, value: number): this {
    this.#push(varint(field * 8 + VARINT));
    return this.#push(varint(value));
  }

  /** A 32-bit float field. */
  float(field: number, value: number): this {
    this.#push(varint(field * 8 + FIXED32));
    return this.#push(new Uint8Array(Float32Array.of(value).buffer));
  }

  /** A byte field; the bytes are not copied until `finish`. */
  bytes(field: number, value: Uint8Array): this {
    this.#push(varint(field * 8 + LENGTH));
    this.#push(varint(value.byteLength));
    return this.#push(value);
  }

  /** A UTF-8 field. */
  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  /** A nested message. */
  message(field: number, value: ProtoWriter): this {
    this.#push(varint(field * 8 + LENGTH));
    this.#push(varint(value.length));
    for (const part of value.#parts) this.#push(part);
    return this;
  }

  /** The message in parts, in order. */
  get parts(): readonly Uint8Array[] {
    return this.#parts;
  }

  /** The message as one array. */
  finish(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.byteLength;
    }
    return whole;
  }

  #push(part: Uint8Array): this {
    this.#parts.push(part);
    this.#length += part.byteLength;
    return this;
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 128n) {
    bytes.push(Number(rest % 128n) + 128);
    rest /= 128n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
