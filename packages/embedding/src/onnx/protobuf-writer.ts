const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

const varintBytes = (value: number | bigint): Uint8Array => {
  const bytes: number[] = [];
  // Negative numbers are written as their 64-bit two's complement, ten bytes long.
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
};

/** Writes one protobuf message, field by field, in the order of the calls: the same calls give the same bytes. */
export class ProtobufWriter {
  readonly #parts: Uint8Array[] = [];
  #sizeBytes = 0;

  #push(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.#sizeBytes += bytes.length;
    return this;
  }

  #tag(field: number, wireType: number): this {
    return this.#push(varintBytes((field << 3) | wireType));
  }

  integer(field: number, value: number | bigint): this {
    return this.#tag(field, VARINT).#push(varintBytes(value));
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#tag(field, FIXED32).#push(bytes);
  }

  /** Bytes are kept, not copied, until `finish`. */
  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, BYTES).#push(varintBytes(value.length)).#push(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: ProtobufWriter): this {
    return this.bytes(field, value.finish());
  }

  packedIntegers(field: number, values: readonly (number | bigint)[]): this {
    const packed = new ProtobufWriter();
    for (const value of values) packed.#push(varintBytes(value));
    return this.message(field, packed);
  }

  /** The message as one array. */
  finish(): Uint8Array {
    const message = new Uint8Array(this.#sizeBytes);
    let at = 0;
    for (const part of this.#parts) {
      message.set(part, at);
      at += part.length;
    }
    return message;
  }
}
