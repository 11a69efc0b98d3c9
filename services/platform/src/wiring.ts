import { apiKeyTable, documentClient, requiredEnv, systemOrigin } from '@alluvium/lambda-kit';
import { Logger } from '@aws-lambda-powertools/logger';
import type { AuthorizerDeps } from './ports.ts';

/** Live adapters, from the environment. */
export const wire = (): AuthorizerDeps => {
  const serviceName = requiredEnv('POWERTOOLS_SERVICE_NAME');
  const origin = systemOrigin(serviceName, requiredEnv('SERVICE_VERSION'));
  return {
    logger: new Logger({ serviceName }),
    keys: apiKeyTable({ client: documentClient(), tableName: requiredEnv('TABLE_NAME') }),
    nowMs: () => origin.nowMs(),
  };
};
