import type { ApiKeyTable, Runtime } from '@alluvium/lambda-kit';

/** What the authorizer needs of the world. */
export interface AuthorizerDeps {
  logger: Pick<Runtime['logger'], 'info'>;
  keys: Pick<ApiKeyTable, 'find'>;
  nowMs: () => number;
}
