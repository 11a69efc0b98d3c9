import type { ResolvedResource, ResolvedStacks } from '@alluvium/local';
import type { DeployStack } from './package-stacks.ts';

/** Something that would go wrong on AWS. */
export interface Finding {
  check: string;
  stack: string;
  /** Logical id. */
  resource: string;
  message: string;
}

/** All stacks, as they were packaged and with every reference looked up. */
export interface Deployment {
  stacks: readonly DeployStack[];
  resolved: ResolvedStacks;
}

/** What came of looking. */
export interface CheckResult {
  /** Facts that were looked at. */
  count: number;
  findings: Finding[];
}

/** One thing to look at. */
export interface Check {
  name: string;
  run: (deployment: Deployment) => Promise<CheckResult> | CheckResult;
}

/** Something that must hold, and what to say when it does not. */
export type Fact = readonly [holds: boolean, message: string];

/** The facts of one resource that do not hold. */
export const judge = (check: string, resource: ResolvedResource, facts: readonly Fact[]): CheckResult => ({
  count: facts.length,
  findings: facts
    .filter(([holds]) => !holds)
    .map(([, message]) => ({
      check,
      stack: resource.stack.stackName,
      resource: resource.logicalId,
      message,
    })),
});

/** Several results as one. */
export const together = (results: readonly CheckResult[]): CheckResult => ({
  count: results.reduce((sum, { count }) => sum + count, 0),
  findings: results.flatMap(({ findings }) => findings),
});
