import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a key allows: `read` searches, `write` changes documents and starts work, `admin` does everything. */
export const SCOPES = ['read', 'write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** A key as it is stored: who has the table has no key. */
export interface ApiKeyRecord {
  /** 12 hex digits; the part of the key that is no secret. */
  keyId: string;
  /** What it is for, in the words of who made it. */
  name: string;
  /** sha256 of the whole key, in hex. */
  hash: string;
  scopes: Scope[];
  /** The only collections that it is good for; all when absent. */
  collections?: string[];
  /** ISO 8601. */
  createdAt: string;
  /** ISO 8601: no good from then on. */
  expiresAt?: string;
  /** ISO 8601. */
  revokedAt?: string;
  /** Requests a second, over time, in one execution environment; no limit when absent. */
  ratePerSecond?: number;
  /** Requests at once; as many as `ratePerSecond` when absent. */
  burst?: number;
}

/** A key that was made now; `key` is shown once and is nowhere. */
export interface MintedKey extends Pick<ApiKeyRecord, 'keyId' | 'hash'> {
  key: string;
}

const ID_BYTES = 6;
const SECRET_BYTES = 32;
const FORM = /^alv_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;

// 256 random bits: nothing to guess, so that one round of a fast hash is as good as many of a slow one.
const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Makes a key: `alv_<id>_<secret>`. */
export const mintApiKey = (random: (bytes: number) => Buffer = randomBytes): MintedKey => {
  const keyId = random(ID_BYTES).toString('hex');
  const key = `alv_${keyId}_${random(SECRET_BYTES).toString('base64url')}`;
  return { key, keyId, hash: hashOf(key) };
};

/** What is stored of a key; undefined of a text that is none. */
export const readApiKey = (key: string): Pick<ApiKeyRecord, 'keyId' | 'hash'> | undefined => {
  const [, keyId] = FORM.exec(key) ?? [];
  return keyId === undefined ? undefined : { keyId, hash: hashOf(key) };
};

/** Whether a key is the one that was stored, and good at a time. Compares in constant time. */
export const isGoodKey = (
  { hash }: Pick<ApiKeyRecord, 'hash'>,
  stored: ApiKeyRecord,
  nowMs: number,
): boolean => {
  const isSame = timingSafeEqual(Buffer.from(hash, 'hex'), Buffer.from(stored.hash, 'hex'));
  const isOver = stored.expiresAt !== undefined && Date.parse(stored.expiresAt) <= nowMs;
  return isSame && !isOver && stored.revokedAt === undefined;
};
