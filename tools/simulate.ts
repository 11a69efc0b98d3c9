import { parseArgs } from 'node:util';
import { explore } from './simulation/exhaustive/explore.ts';
import { NOT_YET } from './simulation/invariants/not-yet.ts';
import { plantFaults, readFaults } from './simulation/planted-faults.ts';
import { runSeed } from './simulation/run-seed.ts';
import { runSeeds, type Campaign } from './simulation/run-seeds.ts';

const USAGE = `Examples:
  npm run simulate                           200 seeds
  npm run simulate -- --seeds 2000 --json    last line: {"seeds", "steps", "violations", "fingerprint", ...}
  npm run simulate -- --seed 17              one run, with everything that happens in it
  npm run simulate -- --exhaustive --json    last line: {"interleavings", "steps", "violations", "complete", ...}
  npm run simulate -- --mutations --json     last line: {"planted", "caught", "missed", "by"}

Runs the settling protocol in virtual time, on services and processes that fail, and checks its invariants.
--exhaustive walks through all interleavings of two compactors, one pause, one steal and one write of HEAD
that goes wrong; --depth commit (default) or inbox says where they may be overtaken, --most N bounds the walk.
--mutations plants known faults in a copy of the repository, and proves that the invariants catch each.
Options: --first N (default 1), --jobs N (default 2), --stop-at-first, --only <fault>.
Exit codes: 0 no violation, or all faults caught; 1 otherwise; 2 usage.`;

const say = (line: string): void => console.error(line);

const OPTIONS = {
  seeds: { type: 'string' },
  seed: { type: 'string' },
  first: { type: 'string', default: '1' },
  jobs: { type: 'string', default: '2' },
  exhaustive: { type: 'boolean', default: false },
  depth: { type: 'string', default: 'commit' },
  most: { type: 'string', default: '50000' },
  mutations: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true },
  'stop-at-first': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const readArguments = () => {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    say(`${String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
};

const countOf = (name: string, text: string): number => {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  say(`--${name} must be a whole number from 1, not ${text}\n\n${USAGE}`);
  process.exit(2);
};

const replay = async (seed: number, json: boolean): Promise<number> => {
  const { lines, steps, fingerprint, violations } = await runSeed(seed, { readable: true });
  (json ? say : console.log)(lines.join('\n'));
  for (const { invariant, message } of violations) say(`${invariant} is broken: ${message}`);
  const result = { seeds: 1, steps, violations: violations.length, fingerprint };
  console.log(json ? JSON.stringify(result) : `${steps} steps, fingerprint ${fingerprint}`);
  return violations.length;
};

const report = ({ failed, ...campaign }: Campaign, json: boolean): void => {
  for (const { seed, invariant, message } of failed) say(`seed ${seed}: ${invariant} is broken: ${message}`);
  for (const { id, says, waitsFor } of NOT_YET) say(`not checked: ${id}, ${says} (${waitsFor})`);
  const { seeds, steps, fingerprint } = campaign;
  const notYet = NOT_YET.map(({ id }) => id);
  const result = { seeds, steps, violations: failed.length, fingerprint, failed, notYet };
  const words = `${seeds} seeds, ${steps} steps, ${failed.length} violations, fingerprint ${fingerprint}`;
  console.log(json ? JSON.stringify(result) : words);
};

const mutate = async (only: string[] | undefined, seeds: number, json: boolean): Promise<number> => {
  const all = readFaults();
  const isWanted = (name: string): boolean =>
    only === undefined || only.some((part) => name === part || name.slice(3) === part);
  const faults = all.filter(({ name }) => isWanted(name));
  if (faults.length === 0) {
    say(`There is no such fault. It is one of:\n${all.map(({ name }) => `  ${name}`).join('\n')}`);
    process.exit(2);
  }
  const result = await plantFaults(faults, { seeds, say });
  console.log(json ? JSON.stringify(result) : `${result.caught} of ${result.planted} faults are caught.`);
  return result.missed.length;
};

const walk = async (depth: string, most: number, json: boolean): Promise<number> => {
  if (depth !== 'commit' && depth !== 'inbox') {
    say(`--depth must be commit or inbox, not ${depth}\n\n${USAGE}`);
    process.exit(2);
  }
  const progress = (runs: number): void => {
    if (runs % 2000 === 0) say(`${runs} runs`);
  };
  const { lines, violations, isComplete: complete, ...counts } = await explore({ depth, most, progress });
  for (const line of lines) say(line);
  const result = { ...counts, violations: violations.length, complete };
  const extent = complete ? 'all there are' : 'bounded';
  const words = `${counts.interleavings} interleavings (${extent}), ${counts.steps} steps, ${violations.length} violations`;
  console.log(json ? JSON.stringify(result) : words);
  return violations.length;
};

type Arguments = ReturnType<typeof readArguments>;

const campaign = async (options: Arguments): Promise<number> => {
  const count = countOf('seeds', options.seeds ?? '200');
  const progress = (done: number): void => {
    if (done % 200 === 0) say(`${done} of ${count}`);
  };
  const [first, jobs] = [countOf('first', options.first), countOf('jobs', options.jobs)];
  const result = await runSeeds({ first, count, jobs, stopsAtFirst: options['stop-at-first'], progress });
  report(result, options.json);
  return result.failed.length;
};

// How many things went wrong.
const run = (options: Arguments): Promise<number> => {
  const { seed, seeds, json, exhaustive, mutations, only, depth, most } = options;
  if (seed !== undefined) return replay(countOf('seed', seed), json);
  if (exhaustive) return walk(depth, countOf('most', most), json);
  // A fault ends the search when it is caught: the greater number costs nothing but where one is missed.
  if (mutations || only !== undefined) return mutate(only, countOf('seeds', seeds ?? '1000'), json);
  return campaign(options);
};

const main = async (): Promise<void> => {
  const options = readArguments();
  if (options.help) console.log(USAGE);
  else process.exitCode = (await run(options)) === 0 ? 0 : 1;
};

await main();
