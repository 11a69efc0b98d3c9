import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runCrashTest, type CrashTestResult } from './crash-test/run.ts';

const USAGE = `Examples:
  npm run crash-test                                       10 rounds, 80 deltas
  npm run crash-test -- --rounds 50 --deltas 200 --json    last line: {"rounds", "kills", "deltas", "version", "problems"}
  npm run crash-test -- --seed 7                           other deltas, other kills

Starts the local cloud with platform and compactor in a folder of its own, lets deltas flow, kills workers and the whole
stack with SIGKILL, and compares the snapshots with a reference fold.
Exit codes: 0 nothing lost, nothing double; 1 otherwise; 2 usage.`;

const OPTIONS = {
  rounds: { type: 'string', default: '10' },
  deltas: { type: 'string', default: '80' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const BAR_WIDTH = 30;

const say = (line: string): void => console.error(line);

const fail = (message: string): never => {
  say(`${message}\n\n${USAGE}`);
  process.exit(2);
};

const readArguments = () => {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    return fail(String(error));
  }
};

const countOf = (name: string, text: string): number => {
  const count = Number(text);
  return Number.isSafeInteger(count) && count >= 1
    ? count
    : fail(`--${name} must be a whole number from 1, not ${text}`);
};

const tellRound = (done: number, rounds: number, words: string): void => {
  if (!process.stderr.isTTY) {
    if (done % 5 === 0 || done === rounds) say(`  round ${done}/${rounds}  ${words}`);
    return;
  }
  const full = Math.round((BAR_WIDTH * done) / rounds);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
  process.stderr.write(`\r  ${bar} ${done}/${rounds}  ${words} ${done === rounds ? '\n' : ''}`);
};

const report = ({ directory, ...result }: CrashTestResult, json: boolean): void => {
  const { kills, deltas, version, problems } = result;
  for (const problem of problems) say(`wrong: ${problem}`);
  if (problems.length > 0)
    say(`State and logs stay in ${directory} (stack.log, logs/); the folder may be removed.`);
  const words = `${kills.worker} workers and ${kills.stack} stacks killed, ${kills.orphanedLeases} leases orphaned, ${deltas} deltas in ${version} versions, ${problems.length} problems`;
  console.log(json ? JSON.stringify(result) : words);
};

const main = async (): Promise<void> => {
  const { rounds: roundsText, deltas: deltasText, seed, json, help } = readArguments();
  if (help) {
    console.log(USAGE);
    return;
  }
  const rounds = countOf('rounds', roundsText);
  const result = await runCrashTest({
    root: fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, ''),
    ...{ rounds, seed },
    deltas: countOf('deltas', deltasText),
    onProgress: say,
    onRound: (done, { worker, stack, orphaned }) =>
      tellRound(done, rounds, `${worker} workers, ${stack} stacks killed, ${orphaned.size} leases orphaned`),
  });
  report(result, json);
  process.exitCode = result.problems.length === 0 ? 0 : 1;
  // Sockets to a stack that was killed may keep the process alive.
  process.stdout.write('', () => process.exit());
};

try {
  await main();
} catch (error) {
  // Before there was anything to judge: the stack could not be packaged or started.
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
