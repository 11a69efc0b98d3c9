import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { judge, type Verdict } from './mutations/runner/judge.ts';
import { readMutations, type Mutation } from './mutations/runner/read-mutations.ts';
import { regenerate, runTests } from './mutations/runner/run-tests.ts';
import { makeScratchTree, type ScratchTree } from './mutations/runner/scratch-tree.ts';

const USAGE = `Examples:
  npm run contracts:mutate                              plant every fault in turn
  npm run contracts:mutate -- --only 07-renamed-field   plant one
  npm run contracts:mutate -- --json                    last line: {"planted", "caught", "missed"}

Plants known faults in a copy of the repository and proves that contracts-test/ catches each.
Exit codes: 0 all are caught, 1 some are not, 2 usage, 3 no such fault.`;

const say = (line: string): void => console.error(line);

const select = (all: Mutation[], only: string[] | undefined): Mutation[] => {
  if (only === undefined) return all;
  return only.map((wanted) => {
    const found = all.find(({ name }) => name === wanted || name.slice(3) === wanted);
    if (found !== undefined) return found;
    say(
      `There is no tools/mutations/${wanted}.patch. It is one of:\n${all.map(({ name }) => `  ${name}`).join('\n')}`,
    );
    process.exit(3);
  });
};

/** A fault proves nothing where tests fail without it. */
const proveClean = async (tree: ScratchTree, mutations: Mutation[]): Promise<void> => {
  const files = [...new Set(mutations.flatMap(({ tests }) => tests))];
  const reports = await runTests(tree, files);
  const faults = reports.flatMap(({ failed, broken }) => [
    ...failed,
    ...(broken === undefined ? [] : [broken]),
  ]);
  if (faults.length === 0 && reports.length === files.length) return;
  const list = faults.map((fault) => `  ${fault}`).join('\n');
  throw new Error(`Without any fault planted, ${files.join(', ')} do not pass. Mend this first:\n${list}`);
};

const tryOut = async (tree: ScratchTree, mutation: Mutation): Promise<Verdict> => {
  const { name, path, tests, filter } = mutation;
  const misfit = tree.apply(path);
  if (misfit !== undefined) return { caught: false, why: `${name}.patch does not apply any more: ${misfit}` };
  const refusal = mutation.regenerate ? await regenerate(tree) : undefined;
  if (refusal !== undefined) return { caught: false, why: `the generator refuses it: ${refusal}` };
  return judge(mutation, await runTests(tree, tests, filter));
};

const plantAll = async (tree: ScratchTree, mutations: Mutation[]): Promise<string[]> => {
  const missed: string[] = [];
  for (const mutation of mutations) {
    const started = performance.now();
    const verdict = await tryOut(tree, mutation);
    tree.restore();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const outcome = verdict.caught ? `caught by "${verdict.by}"` : `MISSED: ${verdict.why}`;
    say(`${mutation.name} (${mutation.promise}, ${mutation.hits}, ${seconds} s) ${outcome}`);
    if (!verdict.caught) missed.push(mutation.name);
  }
  return missed;
};

const readArguments = () => {
  try {
    const options = {
      json: { type: 'boolean' },
      help: { type: 'boolean' },
      only: { type: 'string', multiple: true },
    } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    say(`${String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
};

const main = async (): Promise<void> => {
  const { json = false, help = false, only } = readArguments();
  if (help) {
    console.log(USAGE);
    return;
  }
  const mutations = select(readMutations(), only);
  const tree = makeScratchTree(fileURLToPath(new URL('../', import.meta.url)));
  process.once('exit', () => tree.remove());
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  say(`Planting ${mutations.length} faults in ${tree.root}`);
  await proveClean(tree, mutations);
  const missed = await plantAll(tree, mutations);
  const planted = mutations.length;
  const caught = planted - missed.length;
  console.log(
    json ? JSON.stringify({ planted, caught, missed }) : `${caught} of ${planted} faults are caught.`,
  );
  process.exitCode = missed.length === 0 ? 0 : 1;
};

await main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
