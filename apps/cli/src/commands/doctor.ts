import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { CliError, exitCodes } from '../cli-error.ts';
import { connect, STATE_FOLDER, type Connection } from '../connection.ts';
import { checkDeploy, identifyByChain } from '../doctor/check-deploy.ts';
import { checkDisk, checkNode, checkPort, checkRuntime, checkState } from '../doctor/check-machine.ts';
import { checkPackages } from '../doctor/check-packages.ts';
import { checkStack } from '../doctor/check-stack.ts';
import { guarded, unknown, type Finding } from '../doctor/finding.ts';
import { green, print, printJson, red } from '../output.ts';
import { CONSOLE_PORT } from './console.ts';

interface Options {
  deploy?: boolean;
  json?: boolean;
}

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

const stackOrNone = (): Connection | undefined => {
  try {
    return connect();
  } catch (error) {
    if (error instanceof CliError && error.exitCode === exitCodes.unreachable) return undefined;
    throw error;
  }
};

const checkMachine = async (connection: Connection | undefined): Promise<Finding[]> => {
  const state = resolve(process.env['ALLUVIUM_STATE'] ?? join(ROOT, STATE_FOLDER));
  return [
    checkNode(),
    await checkRuntime(),
    checkDisk(existsSync(state) ? state : ROOT),
    await checkPort(Number(CONSOLE_PORT), connection?.console),
    checkState(state),
    checkPackages(ROOT),
  ];
};

const LABELS = { ok: 'ok', wrong: 'WRONG', unknown: 'unknown' } as const;
const LABEL_WIDTH = 9;

const render = ({ state, what, why, next }: Finding): string => {
  const label = LABELS[state].padEnd(LABEL_WIDTH);
  const indent = ' '.repeat(LABEL_WIDTH);
  const painted = state === 'wrong' ? red(label) : state === 'ok' ? green(label) : label;
  const rest = [...(why === undefined ? [] : [why]), ...(next === undefined ? [] : [`-> ${next}`])];
  return [`${painted}${what}`, ...rest.map((line) => `${indent}${line}`)].join('\n');
};

const run = async ({ deploy, json }: Options): Promise<void> => {
  const connection = stackOrNone();
  const findings = await guarded('machine', () => checkMachine(connection));
  if (deploy === true) findings.push(...(await checkDeploy(process.env, identifyByChain)));
  if (connection !== undefined) findings.push(...(await checkStack(connection)));
  else findings.push(unknown('api', 'No stack runs here', 'Start one: alluvium up'));
  const faults = findings.filter(({ state }) => state === 'wrong').length;
  if (faults > 0) process.exitCode = exitCodes.failed;
  if (json === true) {
    printJson({ isSound: faults === 0, findings });
    return;
  }
  for (const finding of findings) print(render(finding));
  print(faults === 0 ? '\nNothing is wrong.' : `\n${faults} things are wrong.`);
};

/** `alluvium doctor` */
export const addDoctor = (program: Command): void => {
  program
    .command('doctor')
    .summary('say what is wrong with an installation, and what to do')
    .description(
      'Looks at this machine and at the stack, and says what is wrong,\nwhy it matters and what to do. Ends with 1 when something is.\n\n' +
        'Examples:\n  alluvium doctor\n  alluvium doctor --deploy      before the first deployment',
    )
    .option('--deploy', 'look at AWS credentials, account and region as well')
    .option('--json', 'print one JSON object')
    .action(run);
};
