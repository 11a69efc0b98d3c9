import { PipelineError } from '@alluvium/contracts';
import { cp, mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { hashInputs } from './input-hash.ts';
import { waitForLock } from './lock-file.ts';
import { runServerlessPackage } from './run-serverless.ts';
import type { StackSource, Template } from './template.ts';

export interface PackagingOptions {
  /** The repository. */
  root: string;
  stage: string;
  region: string;
  /** Folders of services/; all that are stacks when absent. */
  services?: readonly string[] | undefined;
  /** Default `.alluvium/stacks` of the repository; elsewhere the bundles would not find the native modules. */
  cacheDirectory?: string | undefined;
  onProgress?: ((message: string) => void) | undefined;
}

interface ServerlessState {
  service: { service: string };
}

const TEMPLATE = 'cloudformation-template-update-stack.json';
const STATE = 'serverless-state.json';
/** Packaging keeps a processor core busy; laptops have few. */
const AT_ONCE = 2;
const KEPT_VERSIONS = 3;
/** Somebody may be editing while we package. */
const MAX_ATTEMPTS = 3;

const readJson = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

/** The folders of services/ that are stacks. */
export const listServices = async (root: string): Promise<string[]> => {
  const directory = path.join(root, 'services');
  const names = (await readdir(directory)).sort();
  const deployable = await Promise.all(
    names.map((name) => exists(path.join(directory, name, 'serverless.yml'))),
  );
  return names.filter((_, index) => deployable[index]);
};

/** Reads a packaged stack back: the compiled template beside the `dist/` it speaks of. */
export const loadStack = async (directory: string, service: string, stage: string): Promise<StackSource> => {
  const template = (await readJson(path.join(directory, TEMPLATE))) as Template;
  const state = (await readJson(path.join(directory, STATE))) as ServerlessState;
  return {
    service,
    stackName: `${state.service.service}-${stage}`,
    template,
    codeDirectory: directory,
  };
};

const copyArtifacts = async (serviceDirectory: string, target: string): Promise<void> => {
  const draft = `${target}.${String(process.pid)}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  for (const file of [TEMPLATE, STATE])
    await cp(path.join(serviceDirectory, '.serverless', file), path.join(draft, file));
  const dist = path.join(serviceDirectory, 'dist');
  if (await exists(dist)) await cp(dist, path.join(draft, 'dist'), { recursive: true });
  await rm(target, { recursive: true, force: true });
  await rename(draft, target);
};

const dropOldVersions = async (directory: string): Promise<void> => {
  const names = (await readdir(directory)).filter((name) => /^[0-9a-f]{16}$/.test(name));
  const aged = await Promise.all(
    names.map(async (name) => ({ name, usedAtMs: (await stat(path.join(directory, name))).mtimeMs })),
  );
  const old = aged.sort((a, b) => b.usedAtMs - a.usedAtMs).slice(KEPT_VERSIONS);
  await Promise.all(old.map(({ name }) => rm(path.join(directory, name), { recursive: true, force: true })));
};

const packageInto = async (
  service: string,
  directory: string,
  options: PackagingOptions,
): Promise<string> => {
  const { root, stage, region } = options;
  const serviceDirectory = path.join(root, 'services', service);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const hash = await hashInputs(root, service, [stage, region]);
    const target = path.join(directory, hash);
    if (await exists(target)) return target;
    options.onProgress?.(`packaging ${service}`);
    await runServerlessPackage({ root, serviceDirectory, service, stage, region });
    // what was packaged may be newer than what was hashed
    if ((await hashInputs(root, service, [stage, region])) !== hash) continue;
    await copyArtifacts(serviceDirectory, target);
    return target;
  }
  throw new PipelineError(`The sources of ${service} keep changing while it is packaged`, {
    code: 'PACKAGING_FAILED',
    kind: 'unavailable',
    details: { service },
  });
};

const packageService = async (service: string, options: PackagingOptions): Promise<StackSource> => {
  const cache = options.cacheDirectory ?? path.join(options.root, '.alluvium/stacks');
  const directory = path.join(cache, service);
  // sls writes into the service's own folder: one at a time
  const unlock = await waitForLock(path.join(directory, 'packaging.lock'));
  try {
    const target = await packageInto(service, directory, options);
    const now = new Date();
    await utimes(target, now, now);
    await dropOldVersions(directory);
    return await loadStack(target, service, options.stage);
  } finally {
    await unlock();
  }
};

/**
 * Packages services of the repository with `sls package`, without network or account; one whose inputs did not
 * change since comes from the cache. Throws PACKAGING_FAILED.
 */
export const packageServices = async (options: PackagingOptions): Promise<StackSource[]> => {
  const services = options.services ?? (await listServices(options.root));
  const packaged: StackSource[] = [];
  const waiting = [...services];
  const worker = async (): Promise<void> => {
    for (let service = waiting.shift(); service !== undefined; service = waiting.shift())
      packaged.push(await packageService(service, options));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return packaged.sort((a, b) => services.indexOf(a.service) - services.indexOf(b.service));
};
