const END = 0x06054b50;
const END_BYTES = 22;
const HEADER_BYTES = 46;

/** One file of a zip; `bytes` unpacked. */
export interface ZipEntry {
  name: string;
  bytes: number;
}

/** The central directory of a zip file, as APPNOTE 4.3.12 lays it out. Throws for what is none. */
export const zipEntries = (zip: Buffer): ZipEntry[] => {
  let end = zip.length - END_BYTES;
  while (end >= 0 && zip.readUInt32LE(end) !== END) end -= 1;
  if (end < 0) throw new Error('this is no zip file');
  const entries: ZipEntry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameBytes = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + HEADER_BYTES, at + HEADER_BYTES + nameBytes);
    entries.push({ name, bytes: zip.readUInt32LE(at + 24) });
    at += HEADER_BYTES + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
};
