import { hash } from 'node:crypto';
import { uint32sOf } from '../bytes/typed-bytes.ts';

/** Plane `documentKeys`: the first 8 bytes of sha256(documentId) a document. */
const KEY_BYTES = 8;

/** The key of a document. */
export const documentKey = (documentId: string): Uint8Array =>
  hash('sha256', documentId, 'buffer').subarray(0, KEY_BYTES);

const halves = (key: Uint8Array): [number, number] => {
  const [low = 0, high = 0] = uint32sOf(new Uint8Array(key));
  return [low, high];
};

/** Ordinals of the documents that may have one of the ids: two ids share a key once in 10^19, so the record decides. */
export const findDocuments = (plane: Uint8Array, documentIds: Iterable<string>): number[] => {
  const wanted = new Map<number, Set<number>>();
  for (const id of documentIds) {
    const [low, high] = halves(documentKey(id));
    wanted.set(low, (wanted.get(low) ?? new Set()).add(high));
  }
  const keys = uint32sOf(plane);
  const found: number[] = [];
  for (let at = 0; at < keys.length; at += 2)
    if (wanted.get(keys[at] as number)?.has(keys[at + 1] as number)) found.push(at / 2);
  return found;
};
