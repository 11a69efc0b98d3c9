import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

interface BundlePlugin {
  bundle(): Promise<void>;
}

type BundlePluginClass = new (serverless: {
  serviceDir: string;
  service: { functions: Record<string, { handler: string }> };
}) => BundlePlugin;

const Plugin = createRequire(import.meta.url)('@alluvium/serverless-bundle') as BundlePluginClass;

/** A bundle as it is deployed. */
export interface Bundle {
  /** File to import. */
  file: string;
  sizeBytes: number;
}

/**
 * Bundles function sources by name, with the plugin that packages the services. The folder lies inside the repository, so that
 * imports find its packages.
 */
export const bundleAll = async <Name extends string>(
  sources: Record<Name, string>,
): Promise<Record<Name, Bundle>> => {
  const serviceDir = fileURLToPath(new URL('../../.alluvium/bench/', import.meta.url));
  rmSync(serviceDir, { recursive: true, force: true });
  mkdirSync(`${serviceDir}src/handlers`, { recursive: true });
  const names = Object.keys(sources) as Name[];
  for (const name of names) writeFileSync(`${serviceDir}src/handlers/${name}.ts`, sources[name]);
  const functions = Object.fromEntries(
    names.map((name) => [name, { handler: `dist/${name}/index.handler` }]),
  );
  await new Plugin({ serviceDir, service: { functions } }).bundle();
  return Object.fromEntries(
    names.map((name) => {
      const file = `${serviceDir}dist/${name}/index.mjs`;
      return [name, { file, sizeBytes: statSync(file).size }];
    }),
  ) as Record<Name, Bundle>;
};
