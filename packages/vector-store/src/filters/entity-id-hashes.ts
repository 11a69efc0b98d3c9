import { hash } from 'node:crypto';
import { uint32sOf } from '../bytes/typed-bytes.ts';

/** Bytes of a hash in the plane `entityIdHashes`. */
export const ENTITY_ID_HASH_BYTES = 8;

/** The first 8 bytes of the SHA-256 of the UTF-8 of an entityId: two ids of a segment share them by design of an attacker only. */
export const entityIdHash = (entityId: string): Uint8Array =>
  hash('sha256', entityId, 'buffer').subarray(0, ENTITY_ID_HASH_BYTES);

/** A test of the hash at a position of the plane. */
export const hashMatcher = (
  plane: Uint8Array,
  entityIds: readonly string[],
): ((document: number) => boolean) => {
  const halves = uint32sOf(plane);
  // A number has no room for 64 bits and a BigInt a document is slow: the first half selects, the second decides.
  const wanted = new Map<number, number[]>();
  for (const entityId of entityIds) {
    const [first = 0, second = 0] = uint32sOf(new Uint8Array(entityIdHash(entityId)));
    wanted.set(first, [...(wanted.get(first) ?? []), second]);
  }
  return (document) =>
    wanted.get(halves[2 * document] as number)?.includes(halves[2 * document + 1] as number) ?? false;
};
