import { api } from './checks/api.ts';
import { functions } from './checks/functions.ts';
import { queues } from './checks/queues.ts';
import { rules } from './checks/rules.ts';
import { storage } from './checks/storage.ts';
import { templates } from './checks/templates.ts';
import { zips } from './checks/zips.ts';
import type { Finding } from './finding.ts';
import { iamLint } from './iam/lint.ts';
import { iamProofs } from './iam/proofs.ts';
import type { DeployStack } from './package-stacks.ts';
import { resolveDeployment } from './resolve.ts';

const CHECKS = [templates, queues, rules, functions, storage, api, zips, iamLint, iamProofs];

/** What all checks found. */
export interface Verdict {
  findings: Finding[];
  /** Facts that were looked at, by check. */
  counts: Record<string, number>;
}

/** Looks at everything; a reference that leads nowhere ends it early. */
export const runChecks = async (stacks: readonly DeployStack[]): Promise<Verdict> => {
  const deployment = resolveDeployment(stacks);
  if ('findings' in deployment) return { findings: deployment.findings, counts: { references: 1 } };
  const verdict: Verdict = { findings: [], counts: {} };
  for (const { name, run } of CHECKS) {
    const { count, findings } = await run(deployment);
    verdict.counts[name] = count;
    verdict.findings.push(...findings);
  }
  return verdict;
};
