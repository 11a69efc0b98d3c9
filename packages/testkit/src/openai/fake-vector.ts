import { createHash } from 'node:crypto';

/** The vector that the fakes give for a text: of length 1, always the same, another one for another text. */
export const fakeVector = (text: string, dims: number): Float32Array => {
  const raw = Float32Array.from({ length: dims }, (_, index) => {
    const digest = createHash('sha256').update(`${index} ${text}`).digest();
    return digest.readInt32LE(0) / 2 ** 31;
  });
  const length = Math.hypot(...raw);
  return raw.map((value) => value / length);
};
