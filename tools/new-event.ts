import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { loadAllSchemas } from './contracts/load-schemas.ts';
import { checkEventName, checkVersion, exitCodes, ScaffoldError } from './scaffold/event-name.ts';
import { nextSteps } from './scaffold/next-steps.ts';
import { planEvent, type Plan, type Wish } from './scaffold/plan-event.ts';

const ROOT = new URL('../', import.meta.url);

const HELP = `Makes an event: schema, examples and generated code.

  npm run new-event -- text.measured                 a new event
  npm run new-event -- chunks.created --version 2    the next version of one
  npm run new-event -- text.measured --examples      its examples anew, from the examples of its fields`;

const readWish = (): Wish | undefined => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      version: { type: 'string' },
      examples: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0)
    throw new ScaffoldError('Give one name, as in: npm run new-event -- text.measured', exitCodes.usage);
  const version = values.version === undefined ? {} : { version: checkVersion(values.version) };
  return { name: checkEventName(name), examplesOnly: values.examples, ...version };
};

const write = async (plan: Plan): Promise<void> => {
  for (const [path, content] of Object.entries(plan)) {
    const file = new URL(path, ROOT);
    const filepath = fileURLToPath(file);
    mkdirSync(new URL('.', file), { recursive: true });
    const options = { ...(await resolveConfig(filepath)), filepath };
    writeFileSync(file, await format(JSON.stringify(content, undefined, 2), options));
    console.log(path);
  }
};

const run = async (): Promise<number> => {
  const wish = readWish();
  if (wish === undefined) {
    console.log(HELP);
    return 0;
  }
  const { name, version = 1, examplesOnly } = wish;
  const library = new Map(loadAllSchemas().map(({ schema }) => [schema.$id ?? '', schema]));
  const plan = planEvent(ROOT, wish, library);
  // Invalid examples of fields that are gone would stay behind.
  if (examplesOnly)
    rmSync(new URL(`schemas/examples/${name}.v${String(version)}/`, ROOT), { recursive: true, force: true });
  await write(plan);
  const generator = fileURLToPath(new URL('tools/generate-contracts.ts', ROOT));
  const { status } = spawnSync(process.execPath, [generator], { stdio: 'inherit' });
  if (!examplesOnly) {
    console.error('\nNext:');
    nextSteps(name, version).forEach((step, index) => console.error(`${String(index + 1)}. ${step}`));
  }
  return status ?? 1;
};

try {
  process.exitCode = await run();
} catch (error) {
  const isUsage = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
  if (!(error instanceof ScaffoldError) && !isUsage) throw error;
  console.error(`${(error as Error).message}\n\n${HELP}`);
  process.exitCode = error instanceof ScaffoldError ? error.exitCode : exitCodes.usage;
}
