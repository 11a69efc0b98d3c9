import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { StackSource } from '@alluvium/local';

/** A stack as `sls deploy` would send it. */
export interface DeployStack extends StackSource {
  /** Zip file of each function, by logical id. */
  zips: Readonly<Record<string, string>>;
}

export const STAGE = 'dev';
export const REGION = 'eu-west-1';
const AT_ONCE = 2;

interface State {
  service: { service: string };
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

// Packaging must need nothing from outside, so the network is cut where the kernel lets us.
const canCutNetwork = (): boolean => spawnSync('unshare', ['-rn', 'true']).status === 0;

const runPackage = async (root: string, directory: string, isCut: boolean): Promise<void> => {
  const sls = createRequire(join(root, 'package.json')).resolve('serverless/bin/serverless.js');
  const command = [process.execPath, sls, 'package', '--stage', STAGE, '--region', REGION];
  const [program = '', ...args] = isCut ? ['unshare', '-rn', ...command] : command;
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
  };
  const child = spawn(program, args, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0) throw new Error(`sls package in ${directory} failed:\n${said.trim()}`);
};

const camelCase = (logicalId: string): string => logicalId.charAt(0).toLowerCase() + logicalId.slice(1);

const loadStack = (root: string, service: string): DeployStack => {
  const folder = join(root, 'services', service, '.serverless');
  const template = readJson(
    join(folder, 'cloudformation-template-update-stack.json'),
  ) as DeployStack['template'];
  const state = readJson(join(folder, 'serverless-state.json')) as State;
  const functions = Object.entries(template.Resources).filter(
    ([, { Type }]) => Type === 'AWS::Lambda::Function',
  );
  const zips = functions.map(([id]) => [
    id,
    join(folder, `${camelCase(id.replace(/LambdaFunction$/, ''))}.zip`),
  ]);
  return {
    service,
    stackName: `${state.service.service}-${STAGE}`,
    template,
    codeDirectory: join(root, 'services', service),
    zips: Object.fromEntries(zips) as Record<string, string>,
  };
};

/** Packages every stack for AWS; what ran without a network is told by `isCut`. Throws what sls said. */
export const packageStacks = async (
  root: string,
  onProgress: (message: string) => void,
): Promise<{ stacks: DeployStack[]; isCut: boolean }> => {
  const services = readdirSync(join(root, 'services'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const isCut = canCutNetwork();
  const waiting = [...services];
  const worker = async (): Promise<void> => {
    for (let service = waiting.shift(); service !== undefined; service = waiting.shift()) {
      onProgress(`packaging ${service}${isCut ? ' with the network cut' : ''}`);
      await runPackage(root, join(root, 'services', service), isCut);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { stacks: services.map((service) => loadStack(root, service)), isCut };
};
