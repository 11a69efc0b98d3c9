import { PipelineError } from '@alluvium/contracts';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

interface Run {
  root: string;
  serviceDirectory: string;
  service: string;
  stage: string;
  region: string;
}

const TIMEOUT_MS = 120_000;

const environmentFor = (root: string): NodeJS.ProcessEnv => ({
  ...process.env,
  ALLUVIUM_BUNDLE: 'local',
  // nothing outside may decide how a service is packaged here, and packaging needs no account
  NODE_OPTIONS: '',
  PATH: [path.dirname(process.execPath), path.join(root, 'node_modules/.bin'), process.env.PATH ?? ''].join(
    path.delimiter,
  ),
});

const packagingFailed = (service: string, output: string): PipelineError =>
  new PipelineError(`sls package of ${service} failed:\n${output.trim()}`, {
    code: 'PACKAGING_FAILED',
    kind: 'invalid',
    details: { service },
  });

/** Runs `sls package` in a service's folder, offline. Throws PACKAGING_FAILED with what sls said. */
export const runServerlessPackage = async (run: Run): Promise<void> => {
  const bin = createRequire(path.join(run.root, 'package.json')).resolve('serverless/bin/serverless.js');
  const child = spawn(process.execPath, [bin, 'package', '--stage', run.stage, '--region', run.region], {
    cwd: run.serviceDirectory,
    env: environmentFor(run.root),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw packagingFailed(run.service, output);
};
