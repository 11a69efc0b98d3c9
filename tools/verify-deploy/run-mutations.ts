import { delivery } from './mutations/delivery.ts';
import { permissions } from './mutations/permissions.ts';
import { resources } from './mutations/resources.ts';
import { Templates } from './mutations/templates.ts';
import type { DeployStack } from './package-stacks.ts';
import { runChecks } from './run-checks.ts';

const MUTATIONS = { ...delivery, ...resources, ...permissions };

/** What became of the planted faults. */
export interface MutationReport {
  planted: number;
  caught: number;
  missed: string[];
  /** Fault to what gave it away. */
  by: Record<string, string>;
}

/** Plants every fault in turn in copies of the templates; each must be found. Without any fault there must be no findings. */
export const runMutations = async (
  stacks: readonly DeployStack[],
  onProgress: (message: string) => void,
): Promise<MutationReport> => {
  const report: MutationReport = { planted: 0, caught: 0, missed: [], by: {} };
  for (const [name, plant] of Object.entries(MUTATIONS)) {
    const templates = new Templates(stacks);
    plant(templates);
    const { findings } = await runChecks(templates.stacks);
    const [first] = findings;
    report.planted += 1;
    if (first) {
      report.caught += 1;
      report.by[name] = `${first.check}: ${first.resource}: ${first.message}`;
    } else report.missed.push(name);
    onProgress(`${first ? 'caught' : 'MISSED'}  ${name}${first ? ` (${first.check})` : ''}`);
  }
  return report;
};
