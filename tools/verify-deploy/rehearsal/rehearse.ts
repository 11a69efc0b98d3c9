import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REGION, STAGE, type DeployStack } from '../package-stacks.ts';
import { startFakeAws, type FakeAws, type FakeAwsOptions } from './fake-aws.ts';
import type { SentTemplate } from './refusals.ts';

/** How one deploy went. */
export interface Rehearsed {
  name: string;
  ok: boolean;
  said: string;
}

interface Rehearsal {
  name: string;
  /** Folder that `sls deploy` runs in; the root deploys all by compose. */
  folder: string;
  aws?: FakeAwsOptions;
  /** What CloudFormation must refuse it with; a deploy that must work when absent. */
  refusal?: RegExp;
  /** Stacks that must be there in the end. */
  stacks: readonly string[];
}

const MINUTE_MS = 60_000;
const PACKAGE = '.serverless';

const deploy = async (
  root: string,
  folder: string,
  { endpoint }: FakeAws,
): Promise<{ code: number; said: string }> => {
  const require = createRequire(join(root, 'package.json'));
  const sls = require.resolve('serverless/bin/serverless.js');
  const packaged = folder === root ? [] : ['--package', join(folder, PACKAGE)];
  const child = spawn(process.execPath, [sls, 'deploy', '--stage', STAGE, ...packaged], {
    cwd: folder,
    env: {
      PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
      HOME: process.env['HOME'] ?? '',
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'rehearsal',
      AWS_SECRET_ACCESS_KEY: 'rehearsal',
      AWS_REGION: REGION,
      // Five seconds otherwise.
      SLS_AWS_MONITORING_FREQUENCY: '50',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 5 * MINUTE_MS,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject).once('close', (exit) => {
      resolve(exit ?? -1);
    });
  });
  return { code, said };
};

const run = async (root: string, { name, folder, aws, refusal, stacks }: Rehearsal): Promise<Rehearsed> => {
  const account = await startFakeAws(aws);
  try {
    const { code, said } = await deploy(root, folder, account);
    const missing = stacks.filter((stack) => !account.stacks().includes(stack));
    if (refusal === undefined) {
      const ok = code === 0 && missing.length === 0;
      return { name, ok, said: ok ? `${account.stacks().length} stacks` : said.trim().slice(-2000) };
    }
    const [reason] = refusal.exec(said) ?? [];
    return { name, ok: code !== 0 && reason !== undefined, said: reason ?? said.trim().slice(-2000) };
  } finally {
    await account.stop();
  }
};

const templatesOf = (stacks: readonly DeployStack[]): Record<string, SentTemplate> =>
  Object.fromEntries(stacks.map(({ stackName, template }) => [stackName, template as SentTemplate]));

const withoutExport = (template: SentTemplate, output: string): SentTemplate => ({
  ...template,
  Outputs: Object.fromEntries(Object.entries(template.Outputs ?? {}).filter(([name]) => name !== output)),
});

const renamed = (stackName: string, template: SentTemplate): Record<string, SentTemplate> => ({
  [`${stackName}-twin`]: { Resources: template.Resources },
});

const NOTHING: SentTemplate = { Resources: {} };

const rehearsalsOf = (root: string, stacks: readonly DeployStack[]): Rehearsal[] => {
  const templates = templatesOf(stacks);
  const [platform, chunk] = [`alluvium-platform-${STAGE}`, `alluvium-chunk-${STAGE}`];
  const own = templates[platform] ?? NOTHING;
  const service = { folder: join(root, 'services/chunk'), stacks: [] };
  return [
    {
      ...service,
      name: 'one service on its own',
      aws: { stacks: { [platform]: own } },
      stacks: [chunk],
    },
    {
      ...service,
      name: 'a service before the platform',
      refusal: /No export named alluvium-dev-\w+ found/,
    },
    {
      ...service,
      name: 'a platform that lacks an export',
      aws: { stacks: { [platform]: withoutExport(own, 'EventBusName') } },
      refusal: /No export named alluvium-dev-EventBusName found/,
    },
    {
      ...service,
      name: 'a name that is taken',
      aws: { stacks: { [platform]: own, ...renamed(chunk, templates[chunk] ?? NOTHING) } },
      refusal: /AWS::\w+::\w+ \S+ already exists/,
    },
    {
      ...service,
      name: 'a function that is too large',
      aws: { stacks: { [platform]: own }, mostUnzippedBytes: 100_000 },
      refusal: /Unzipped size must be smaller than 100000 bytes/,
    },
    // The last: it packages anew.
    { name: 'all stacks by compose', folder: root, stacks: Object.keys(templates) },
  ];
};

/** Deploys all stacks and one, and what must be refused. Packages must be there. */
export const rehearse = async (
  root: string,
  stacks: readonly DeployStack[],
  onProgress: (message: string) => void,
): Promise<Rehearsed[]> => {
  const folder = join(root, 'services/chunk', PACKAGE);
  const kept = mkdtempSync(join(tmpdir(), 'alluvium-package-'));
  cpSync(folder, kept, { recursive: true });
  const done: Rehearsed[] = [];
  try {
    for (const rehearsal of rehearsalsOf(root, stacks)) {
      onProgress(`rehearsing ${rehearsal.name}`);
      // A deploy throws its package away.
      cpSync(kept, folder, { recursive: true });
      done.push(await run(root, rehearsal));
    }
  } finally {
    rmSync(kept, { recursive: true, force: true });
  }
  return done;
};
