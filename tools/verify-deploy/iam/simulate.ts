import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { JsonObject } from '@alluvium/local';
import { ACCOUNT_ID } from '../resolve.ts';
import type { Role } from './policies.ts';

/** A call that a function might make. */
export interface Request {
  action: string;
  /** ARN. */
  resource: string;
  context?: Record<string, string | string[]>;
  /** The policy of the bucket, where it has one. */
  resourcePolicy?: JsonObject;
}

/** Whether AWS would let a role do something, by its own rules of evaluation. Throws for a request that makes no sense. */
export const isAllowed = async (role: Role, request: Request): Promise<boolean> => {
  const { action, resource, context = {}, resourcePolicy } = request;
  const outcome = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT_ID}:role/${role.name}`,
        action,
        resource: { resource, accountId: ACCOUNT_ID },
        contextVariables: context,
      },
      identityPolicies: role.policies,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy && { resourcePolicy }),
    },
    {},
  );
  if (outcome.resultType === 'error')
    throw new Error(`${role.name}, ${action} on ${resource}: ${outcome.errors.message}`);
  return outcome.overallResult === 'Allowed';
};
