import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../cli/bin/alluvium.mjs', import.meta.url));
const START_MS = 240_000;

/** What a stack writes down about where it answers. */
interface Connection {
  console: string;
  awsEndpoints: Record<string, string>;
}

/** A whole stack with its console, in a process of its own. */
export interface ConsoleStack extends Connection {
  stop(): Promise<void>;
}

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  await ended;
};

const awaitFile = async (file: string, child: ChildProcess, said: () => string): Promise<void> => {
  for (const until = Date.now() + START_MS; !existsSync(file);) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`The stack did not start:\n${said()}`);
    await sleep(50);
  }
  // The file appears before it is whole.
  await sleep(50);
};

/** Starts a stack that keeps its data in `state`. */
export const startStack = async (state: string): Promise<ConsoleStack> => {
  const file = join(state, 'connection.json');
  const child = spawn(process.execPath, [MAIN, 'up', '--state', state, '--console-port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  try {
    await awaitFile(file, child, () => said);
  } catch (error) {
    await end(child);
    throw error;
  }
  return { ...(JSON.parse(readFileSync(file, 'utf8')) as Connection), stop: () => end(child) };
};
