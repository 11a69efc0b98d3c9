import { isPipelineError } from '@alluvium/contracts';
import { resolveStacks } from '@alluvium/local';
import type { CheckResult, Deployment } from './finding.ts';
import { REGION, type DeployStack } from './package-stacks.ts';

/** AWS's own account for examples. */
export const ACCOUNT_ID = '111122223333';

const ENDPOINTS = {
  sqs: `https://sqs.${REGION}.amazonaws.com`,
  api: `https://api.execute-api.${REGION}.amazonaws.com`,
};

/** Looks every reference and import up; a finding when one leads nowhere. */
export const resolveDeployment = (stacks: readonly DeployStack[]): Deployment | CheckResult => {
  try {
    const installation = { region: REGION, accountId: ACCOUNT_ID, endpoints: ENDPOINTS };
    return { stacks, resolved: resolveStacks([...stacks], installation) };
  } catch (error) {
    if (!isPipelineError(error) || error.code !== 'TEMPLATE_INVALID') throw error;
    const { stack = '', resource = '' } = error.details as Record<string, string>;
    return { count: 1, findings: [{ check: 'references', stack, resource, message: error.message }] };
  }
};
