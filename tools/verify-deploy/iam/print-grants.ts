import type { DeployStack } from '../package-stacks.ts';
import { resolveDeployment } from '../resolve.ts';
import { rolesOf } from './policies.ts';
import { grantsOf } from './proofs.ts';

/** What each role may do now, as lines of grants.ts: to be read before they are written down. Throws when a reference leads nowhere. */
export const printGrants = async (stacks: readonly DeployStack[]): Promise<string> => {
  const deployment = resolveDeployment(stacks);
  if ('findings' in deployment) throw new Error(deployment.findings[0]?.message);
  const lines: string[] = [];
  for (const role of rolesOf(deployment))
    lines.push(`  '${role.name}': ${JSON.stringify(await grantsOf(role, deployment))},`);
  return lines.join('\n');
};
