import { bundleSchemas } from './compatibility/bundles.ts';
import { loadReleased, writeRelease } from './compatibility/releases.ts';
import { reviewSchemas } from './compatibility/review.ts';

const USAGE = `Usage: npm run schemas:release [-- --check]

Records what the schemas promise, in schemas/released/, for those that changed; refuses a change that breaks a release.
  --check   write nothing; fail when something is not released yet`;

const args = process.argv.slice(2);
if (args.some((arg) => arg !== '--check')) {
  console.error(USAGE);
  process.exit(args.includes('--help') ? 0 : 2);
}

const schemas = bundleSchemas();
const reviews = reviewSchemas(schemas, loadReleased());
const broken = reviews.filter(({ faults }) => faults.length > 0);
const pending = reviews.filter(({ state }) => state === 'draft' || state === 'changed');

if (broken.length > 0) {
  for (const { name, faults } of broken) console.error([name, ...faults].join('\n  '));
  console.error('\nNothing was released. How to change a schema: docs/how-to/evolve-an-event.md');
  process.exitCode = 1;
} else if (args.includes('--check')) {
  for (const { name, state } of pending) console.error(`${name} is ${state} and not released.`);
  if (pending.length > 0) console.error('Release them: npm run schemas:release');
  process.exitCode = pending.length > 0 ? 1 : 0;
} else {
  for (const { name, newest } of pending) {
    await writeRelease(name, newest + 1, schemas.get(name) ?? {});
    console.error(`${name}: release ${newest + 1}`);
  }
  if (pending.length === 0) console.error('Nothing to release: no schema changed its meaning.');
}
