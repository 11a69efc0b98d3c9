import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ok, unknown, wrong, type Finding } from './finding.ts';

const packagesOf = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((file) => file.isFile() && file.name === 'cloudformation-template-update-stack.json')
        .map(({ parentPath }) => parentPath)
    : [];

/** Is every service packaged for the stack of this machine? */
export const checkPackages = (root: string): Finding => {
  const services = readdirSync(join(root, 'services'), { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() && existsSync(join(root, 'services', entry.name, 'serverless.yml')),
    )
    .map(({ name }) => name);
  const packaged = packagesOf(join(root, '.alluvium', 'stacks')).join('\n');
  if (packaged === '') return unknown('packages', 'Nothing was packaged yet', 'alluvium up packages it');
  const missing = services.filter((service) => !packaged.includes(service));
  if (missing.length === 0) return ok('packages', `${services.length} services are packaged`);
  return wrong(
    ...(['packages', `Not packaged: ${missing.join(', ')}.`] as const),
    'A stack without them cannot start.',
    `See why: cd services/${missing[0] ?? ''} && npx sls package`,
  );
};
