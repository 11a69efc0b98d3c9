import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { zipSizes } from './verify-deploy/checks/zips.ts';
import { printGrants } from './verify-deploy/iam/print-grants.ts';
import { packageStacks, type DeployStack } from './verify-deploy/package-stacks.ts';
import type { Finding } from './verify-deploy/finding.ts';
import { rehearse, type Rehearsed } from './verify-deploy/rehearsal/rehearse.ts';
import { runChecks } from './verify-deploy/run-checks.ts';
import { runMutations } from './verify-deploy/run-mutations.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const USAGE = `Examples:
  npm run verify:deploy                  packages all stacks, checks them, and rehearses sls deploy
  npm run verify:deploy -- --json        last line: {"ok", "stacks", "iamRows", "assertions", "zips", "rehearsal", "findings"}
  npm run verify:deploy -- --mutations   plants faults in the templates; each must be found
  npm run verify:deploy -- --grants      prints what each role may do, for tools/verify-deploy/iam/grants.ts

Needs no account and no network. Exit codes: 0 all is well, 1 something was found or missed, 2 usage.`;

const say = (line: string): void => console.error(line);

const readArguments = () => {
  try {
    const flag = { type: 'boolean' } as const;
    return parseArgs({ options: { json: flag, help: flag, mutations: flag, grants: flag } }).values;
  } catch (error) {
    say(`${String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

interface Outcome {
  findings: readonly Finding[];
  rehearsal: readonly Rehearsed[];
}

const tell = ({ findings, rehearsal }: Outcome): void => {
  for (const { check, stack, resource, message } of findings)
    say(`${check}: ${stack}, ${resource}: ${message}`);
  for (const { name, ok, said } of rehearsal) say(`${ok ? 'ok    ' : 'FAILED'} ${name}: ${said}`);
};

const verify = async (
  stacks: readonly DeployStack[],
  networkCut: boolean,
  asJson: boolean,
): Promise<boolean> => {
  const { findings, counts } = await runChecks(stacks);
  const zips = zipSizes(stacks).map(({ files: _files, ...size }) => size);
  const rehearsal = await rehearse(ROOT, stacks, say);
  tell({ findings, rehearsal });
  const wrong = findings.length + rehearsal.filter(({ ok }) => !ok).length;
  const { 'iam-proofs': iamRows = 0, ...others } = counts;
  const assertions = Object.values(others).reduce((sum, count) => sum + count, 0);
  if (asJson) {
    const report = { ok: wrong === 0, stacks: stacks.length, iamRows, assertions, networkCut, zips };
    console.log(JSON.stringify({ ...report, rehearsal, findings }));
    return wrong === 0;
  }
  for (const zip of zips)
    console.log(`${zip.function}: zip ${megabytes(zip.zipBytes)}, unpacked ${megabytes(zip.unzippedBytes)}`);
  console.log(
    `${stacks.length} stacks, ${iamRows} questions of who may do what, ${assertions} other facts, ` +
      `${rehearsal.length} deploys rehearsed: ${wrong === 0 ? 'all is well' : `${wrong} to mend`}.`,
  );
  return wrong === 0;
};

const plant = async (stacks: readonly DeployStack[], asJson: boolean): Promise<boolean> => {
  const report = await runMutations(stacks, say);
  console.log(asJson ? JSON.stringify(report) : `${report.planted} planted, ${report.caught} caught.`);
  return report.missed.length === 0;
};

const main = async (): Promise<boolean> => {
  const { json = false, help, mutations, grants } = readArguments();
  if (help) {
    console.log(USAGE);
    return true;
  }
  const { stacks, isCut } = await packageStacks(ROOT, say);
  if (grants) {
    console.log(await printGrants(stacks));
    return true;
  }
  return mutations ? plant(stacks, json) : verify(stacks, isCut, json);
};

process.exitCode = (await main()) ? 0 : 1;
