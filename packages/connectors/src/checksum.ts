import { canonicalJson, sha256Hex } from '@alluvium/contracts';

const LENGTH = 16;

/** A validator for what comes without one: 64 bits of the sha256 of its content. */
export const checksumOf = (content: unknown): string => sha256Hex(canonicalJson(content)).slice(0, LENGTH);
