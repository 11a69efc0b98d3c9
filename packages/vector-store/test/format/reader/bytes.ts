import { crc32 } from 'node:zlib';

/** What the object holds is not what the format says. */
export const refuse = (where: string, what: string): Error => new Error(`${where}: ${what}`);

/** Little-endian numbers and texts, one after the other. */
export class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  #skip(length: number): number {
    const at = this.#at;
    this.#at += length;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  f32(): number {
    return this.#view.getFloat32(this.#skip(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#skip(8), true);
  }

  i8(): number {
    return this.#view.getInt8(this.#skip(1));
  }

  varint(): number {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = this.u8();
      value += (byte % 128) * factor;
      factor *= 128;
      if (byte < 128) return value;
    }
  }

  bytes(length: number): Uint8Array {
    const at = this.#skip(length);
    return this.#bytes.subarray(at, at + length);
  }

  text(length: number): string {
    return new TextDecoder().decode(this.bytes(length));
  }

  list<T>(length: number, read: () => T): T[] {
    return Array.from({ length }, read);
  }
}

/** JSON of bytes. */
export const json = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

/** The planes of a container, every checksum verified. */
export const openContainer = (
  bytes: Uint8Array,
  { magic, version }: { magic: string; version: number },
): Map<string, Uint8Array> => {
  const cursor = new Cursor(bytes);
  if (cursor.text(8) !== magic) throw refuse(magic, 'another magic');
  const [found, directoryBytes, directoryCrc, total, headerCrc] = cursor.list(5, () => cursor.u32()) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (headerCrc !== crc32(bytes.subarray(0, 24))) throw refuse(magic, 'the header is damaged');
  if (found !== version || total !== bytes.length) throw refuse(magic, 'another version or length');
  const directory = cursor.bytes(directoryBytes);
  if (crc32(directory) !== directoryCrc) throw refuse(magic, 'the directory is damaged');
  const planes = new Map<string, Uint8Array>();
  for (const { name, length, crc32: sum } of json(directory) as {
    name: string;
    length: number;
    crc32: number;
  }[]) {
    const plane = cursor.bytes(length);
    if (crc32(plane) !== sum || planes.has(name)) throw refuse(name, 'the plane is damaged');
    planes.set(name, plane);
  }
  if (!cursor.isAtEnd) throw refuse(magic, 'bytes follow the last plane');
  return planes;
};
