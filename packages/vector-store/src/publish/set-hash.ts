import { hash } from 'node:crypto';
import type { Revision } from '../delta/delta.ts';

const MODULUS = 1n << 256n;

/** setHash of nothing. */
export const EMPTY_SET_HASH = '0'.repeat(64);

/**
 * Hash of a set of documents that does not depend on their order: the sum modulo 2^256 of the sha256 of each.
 * So the hash of a new snapshot follows from the old one, what was added and what was taken away.
 */
export class SetHash {
  #sum: bigint;

  /** `hex`: 64 digits, as `toString` gives them. */
  constructor(hex: string = EMPTY_SET_HASH) {
    this.#sum = BigInt(`0x${hex}`);
  }

  add(member: string): void {
    this.#sum = (this.#sum + BigInt(`0x${member}`)) % MODULUS;
  }

  remove(member: string): void {
    this.#sum = (this.#sum + MODULUS - BigInt(`0x${member}`)) % MODULUS;
  }

  toString(): string {
    return this.#sum.toString(16).padStart(64, '0');
  }
}

/** The member that stands for a document: its identity, its revision and which chunks it has. */
export const documentMember = (
  { documentId, revision }: { documentId: string; revision: Revision },
  chunkIds: readonly string[],
): string =>
  hash(
    'sha256',
    JSON.stringify([documentId, revision.fence, revision.sequence, revision.contentHash, ...chunkIds]),
  );
