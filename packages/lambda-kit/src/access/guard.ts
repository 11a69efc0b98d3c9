import { PipelineError } from '@alluvium/contracts';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Scope } from './api-key.ts';
import { assertScope, callerOf, type Caller } from './caller.ts';
import { keyBuckets } from './key-buckets.ts';

/** A request, as far as access to it is decided. */
export interface AskedRoute {
  method: string;
  /** Decoded. */
  path: string;
}

/** Who may do what. */
export interface Access {
  /** The scope that a request needs. */
  needs: (route: AskedRoute) => Scope;
  /** Whether the route itself checks the collection (`assertCollection`); keys that are limited to some are refused elsewhere. */
  checksCollection?: (route: AskedRoute) => boolean;
}

const routeOf = ({ requestContext, rawPath }: APIGatewayProxyEventV2): AskedRoute => ({
  method: requestContext.http.method.toUpperCase(),
  path: rawPath,
});

const assertUnlimited = ({ keyId, collections }: Caller, { method, path }: AskedRoute): void => {
  if (collections === undefined) return;
  throw new PipelineError(
    `The key ${keyId} is good for ${collections.join(', ')} only; ${method} ${path} is not about one collection.`,
    { code: 'COLLECTION_FORBIDDEN', kind: 'invalid' },
  );
};

/**
 * Checks a request before its route sees it. Errors: UNAUTHENTICATED for one that came past the authorizer, SCOPE_MISSING,
 * COLLECTION_FORBIDDEN, TOO_MANY_REQUESTS.
 */
export const guard = (
  { needs, checksCollection = () => false }: Access,
  nowMs: () => number,
): ((event: APIGatewayProxyEventV2) => void) => {
  const takeToken = keyBuckets();
  return (event) => {
    const caller = callerOf(event);
    if (caller === undefined)
      throw new PipelineError('Send an API key in the header x-api-key.', {
        code: 'UNAUTHENTICATED',
        kind: 'invalid',
      });
    const route = routeOf(event);
    assertScope(caller, needs(route));
    if (!checksCollection(route)) assertUnlimited(caller, route);
    takeToken(caller, nowMs());
  };
};
