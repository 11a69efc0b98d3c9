import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** What of a stack stays the same over its lives. */
export interface StackOptions {
  root: string;
  /** State. */
  directory: string;
  stacksFile: string;
}

/** What a stack says when it is up; `ports` are kept when it is started again. */
export interface Started {
  ports: Record<'s3' | 'sqs' | 'dynamodb' | 'eventbridge' | 'api', number>;
  bucket: string;
  eventBus: string;
  /** Queue name to URL. */
  queues: Record<string, string>;
}

/** `workers`: function name to pids; `pending`: what is left to do; `schedule`: run what the schedule runs. */
export type Question = 'workers' | 'pending' | 'schedule';

export interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}

const PROGRAM = fileURLToPath(new URL('stack-process.ts', import.meta.url));
const START_ATTEMPTS = 3;
const PAUSE_MS = 500;

/** The stack process, over all its lives. */
export class Stack {
  private readonly options: StackOptions;
  private child: ChildProcess | undefined;
  private known: Started | undefined;
  private questions = 0;
  private readonly open = new Map<number, PromiseWithResolvers<unknown>>();

  constructor(options: StackOptions) {
    this.options = options;
  }

  /** What the first start told; throws before it. */
  get started(): Started {
    if (this.known === undefined) throw new Error('The stack was never started.');
    return this.known;
  }

  get logFile(): string {
    return join(this.options.directory, 'stack.log');
  }

  /** Starts on the state that is there. A port may be taken for a moment, so that this is tried again. Error: it does not start. */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.known = await this.spawn();
        return;
      } catch (error) {
        if (attempt === START_ATTEMPTS) throw error;
        await sleep(PAUSE_MS);
      }
    }
  }

  /** Starts, and kills before it is up or soon after: nothing may depend on a start that ends well. */
  async startAndKill(afterMs: number): Promise<void> {
    const starting = this.spawn().catch(() => undefined);
    await sleep(afterMs);
    await this.kill();
    await starting;
  }

  /** kill -9. Its workers end when they notice; until then they may go on. */
  kill(): Promise<void> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });
  }

  /** Rejects when the stack dies before it has answered. */
  ask(question: Question): Promise<unknown> {
    this.questions += 1;
    const asked = Promise.withResolvers<unknown>();
    this.open.set(this.questions, asked);
    this.child?.send({ id: this.questions, question }, (error) => {
      if (error !== null) asked.reject(error);
    });
    return asked.promise;
  }

  private spawn(): Promise<Started> {
    const argument = JSON.stringify({ ...this.options, ports: this.known?.ports });
    const child = fork(PROGRAM, [argument], { execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    const log = createWriteStream(this.logFile, { flags: 'a' });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    this.child = child;
    return new Promise((resolve, reject) => {
      child.on('message', (message) => {
        if ('ports' in (message as object)) resolve(message as Started);
        else this.settle(message as Answer);
      });
      child.once('exit', (code, signal) => {
        log.end();
        const why = new Error(`The stack ended (${signal ?? `exit code ${code}`}); see ${this.logFile}`);
        reject(why);
        for (const asked of this.open.values()) asked.reject(why);
        this.open.clear();
      });
    });
  }

  private settle({ id, value, error }: Answer): void {
    const asked = this.open.get(id);
    this.open.delete(id);
    if (error === undefined) asked?.resolve(value);
    else asked?.reject(new Error(error));
  }
}
