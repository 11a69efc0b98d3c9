import { PipelineError } from '@alluvium/contracts';
import type { ApiKeyRecord, Scope } from './api-key.ts';

/** Who asks, as the authorizer found out. */
export interface Caller {
  keyId: string;
  scopes: string[];
  /** The only ones that the key is good for. */
  collections?: string[];
  ratePerSecond?: number;
  burst?: number;
}

/** What the authorizer hands on: texts, as API Gateway carries them. */
export type CallerContext = Record<string, string>;

/** The caller of a key, for API Gateway to carry to the service. */
export const contextOf = ({
  keyId,
  name,
  scopes,
  collections,
  ratePerSecond,
  burst,
}: ApiKeyRecord): CallerContext => ({
  keyId,
  name,
  scopes: scopes.join(' '),
  ...(collections && { collections: collections.join(' ') }),
  ...(ratePerSecond !== undefined && { ratePerSecond: String(ratePerSecond) }),
  ...(burst !== undefined && { burst: String(burst) }),
});

const wordsOf = (text: string): string[] => text.split(' ').filter((word) => word !== '');

/** The caller of a request; undefined of one that came past the authorizer. */
export const callerOf = (event: object): Caller | undefined => {
  const { requestContext } = event as { requestContext?: { authorizer?: { lambda?: CallerContext } } };
  const { keyId, scopes, collections, ratePerSecond, burst } = requestContext?.authorizer?.lambda ?? {};
  if (keyId === undefined || scopes === undefined) return undefined;
  return {
    ...{ keyId, scopes: wordsOf(scopes) },
    ...(collections !== undefined && { collections: wordsOf(collections) }),
    ...(ratePerSecond !== undefined && { ratePerSecond: Number(ratePerSecond) }),
    ...(burst !== undefined && { burst: Number(burst) }),
  };
};

const forbid = (code: string, message: string): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid' });

/** Error: SCOPE_MISSING, naming the scope that the request needs. `admin` is good for everything, `write` for reading too. */
export const assertScope = ({ scopes, keyId }: Caller, needed: Scope): void => {
  const enough = { read: ['read', 'write', 'admin'], write: ['write', 'admin'], admin: ['admin'] }[needed];
  if (scopes.some((scope) => enough.includes(scope))) return;
  throw forbid(
    'SCOPE_MISSING',
    `This needs a key with the scope ${needed}; ${keyId} has ${scopes.join(', ') || 'none'}.`,
  );
};

/** Error: COLLECTION_FORBIDDEN for a key that is not good for the collection. */
export const assertCollection = (event: object, collection: string): void => {
  const caller = callerOf(event);
  if (caller?.collections === undefined || caller.collections.includes(collection)) return;
  throw forbid(
    'COLLECTION_FORBIDDEN',
    `The key ${caller.keyId} is good for ${caller.collections.join(', ')} only, not for ${collection}.`,
  );
};
