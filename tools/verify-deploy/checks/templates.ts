import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate';
import type { Check, CheckResult } from '../finding.ts';
import { REGION, type DeployStack } from '../package-stacks.ts';
import { ACCOUNT_ID } from '../resolve.ts';

const CHECK = 'templates';
/** Warnings that mean a stack which does not do what it says: values of the wrong type, and resources that nobody can reach. */
const TAKEN_SERIOUSLY = ['W3030', 'W2531'];

const engine = new RegoEngine();

const validate = ({ stackName, template }: DeployStack, folder: string): CheckResult => {
  const file = join(folder, `${stackName}.json`);
  writeFileSync(file, JSON.stringify(template));
  const report = engine.validateStandard(new TemplateFile(file), {
    pseudoParameterOverrides: { region: REGION, accountId: ACCOUNT_ID },
  });
  const serious = report.diagnostics.filter(
    ({ severity, ruleId }) => ['ERROR', 'FATAL'].includes(severity) || TAKEN_SERIOUSLY.includes(ruleId),
  );
  return {
    count: Object.keys(template.Resources).length,
    findings: serious.map(({ ruleId, entity, propertyPath = '', message }) => ({
      check: CHECK,
      stack: stackName,
      resource: entity?.logicalId ?? 'template',
      message: `${ruleId} ${propertyPath}: ${message}`,
    })),
  };
};

/** What AWS's own validator says of every resource. */
export const templates: Check = {
  name: CHECK,
  run: ({ stacks }) => {
    const folder = mkdtempSync(join(tmpdir(), 'alluvium-templates-'));
    try {
      const results = stacks.map((stack) => validate(stack, folder));
      return {
        count: results.reduce((sum, { count }) => sum + count, 0),
        findings: results.flatMap(({ findings }) => findings),
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
