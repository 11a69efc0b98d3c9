import { PipelineError } from '@alluvium/contracts';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Clock } from '../common/clock.ts';
import { noChaos, type Chaos } from './chaos.ts';
import { Environment, type EnvironmentHost, type InvocationOutcome } from './environment.ts';
import type { FunctionConfig } from './function-config.ts';
import { FunctionPool } from './function-pool.ts';
import type { FunctionError } from './ipc.ts';

export interface FunctionRunnerOptions extends EnvironmentHost {
  clock: Clock;
  /** Most environments of a function that reserves none. */
  concurrency: number;
  /** An environment without work goes after this long. */
  idleMs: number;
  /** Most idle environments of all functions together; each holds a hundred megabytes and more. */
  maxIdle: number;
  chaos?: Chaos | undefined;
  onInvocation?: OnInvocation | undefined;
}

/** One call of a function: told when it begins, and again when it has ended. */
export interface Invocation {
  functionName: string;
  requestId: string;
  payload: unknown;
  beganAtMs: number;
  endedAtMs?: number;
  error?: FunctionError;
}

export type OnInvocation = (invocation: Invocation) => void;

interface RunnableFunction {
  config: FunctionConfig;
  pool: FunctionPool;
}

const MEBIBYTE = 1024 * 1024;

const unknownFunction = (name: string): PipelineError =>
  new PipelineError(`Function not found: ${name}`, {
    code: 'LAMBDA_FUNCTION_UNKNOWN',
    kind: 'invalid',
    details: { functionName: name },
  });

/** Runs functions, each in its own pool of processes. */
export class FunctionRunner {
  private readonly options: FunctionRunnerOptions;
  private readonly functions = new Map<string, RunnableFunction>();
  private stopReaping: () => void;

  constructor(configs: FunctionConfig[], options: FunctionRunnerOptions) {
    this.options = options;
    for (const config of configs) {
      const limit = config.reservedConcurrency ?? options.concurrency;
      const start = () => new Environment(config, options, randomUUID());
      this.functions.set(config.name, { config, pool: new FunctionPool({ limit, start }) });
    }
    this.stopReaping = this.reapLater();
  }

  get names(): string[] {
    return [...this.functions.keys()];
  }

  /** Invocations under way, in all functions. */
  get running(): number {
    return [...this.functions.values()].reduce((sum, { pool }) => sum + pool.running, 0);
  }

  has(name: string): boolean {
    return this.functions.has(name);
  }

  configOf(name: string): FunctionConfig {
    return this.get(name).config;
  }

  pidsOf(name: string): number[] {
    return this.get(name).pool.pids;
  }

  /** Never rejects for a failure of the function; throws LAMBDA_FUNCTION_UNKNOWN and LAMBDA_CLOSED. */
  async run(name: string, event: unknown, requestId: string = randomUUID()): Promise<InvocationOutcome> {
    const { config, pool } = this.get(name);
    let beganAtMs = Date.now();
    const call = { functionName: name, requestId, payload: event };
    const { outcome, environment } = await pool.run({ requestId, event }, (chosen) => {
      beganAtMs = Date.now();
      this.options.onInvocation?.({ ...call, beganAtMs });
      this.killLater(chosen);
    });
    const failure = outcome.ok ? {} : { error: outcome.error };
    this.options.onInvocation?.({ ...call, beganAtMs, endedAtMs: Date.now(), ...failure });
    this.reapSurplus();
    this.report(config, { requestId, outcome, environment, durationMs: Date.now() - beganAtMs });
    return outcome;
  }

  /** SIGKILLs every environment; the next invocations start new ones. */
  async kill(): Promise<void> {
    await Promise.all([...this.functions.values()].map(({ pool }) => pool.kill()));
  }

  async close(): Promise<void> {
    this.stopReaping();
    await Promise.all([...this.functions.values()].map(({ pool }) => pool.close()));
    await rm(this.options.tmpDirectory, { recursive: true, force: true });
  }

  private get(name: string): RunnableFunction {
    const found = this.functions.get(name);
    if (found === undefined) throw unknownFunction(name);
    return found;
  }

  private killLater(environment: Environment): void {
    const delayMs = (this.options.chaos ?? noChaos).killAfterMs();
    if (delayMs !== undefined) this.options.clock.after(delayMs, () => void environment.kill());
  }

  private reap(sinceMs: number): void {
    for (const { pool } of this.functions.values()) void pool.reap(sinceMs);
  }

  /** The longest idle ones go first. */
  private reapSurplus(): void {
    const idleTimes = [...this.functions.values()].flatMap(({ pool }) => pool.idleTimes);
    const oldestKept = idleTimes.sort((a, b) => b - a)[this.options.maxIdle - 1];
    if (oldestKept !== undefined) this.reap(oldestKept);
  }

  private reapLater(): () => void {
    const { clock, idleMs } = this.options;
    return clock.after(idleMs / 2, () => {
      this.reap(Date.now() - idleMs);
      this.stopReaping = this.reapLater();
    });
  }

  private report(config: FunctionConfig, invocation: Finished): void {
    const { requestId, outcome, environment, durationMs } = invocation;
    const usedMb = Math.ceil(environment.maxResidentBytes / MEBIBYTE);
    const status = outcome.ok
      ? ''
      : `\tStatus: error\tError: ${outcome.error.errorType}: ${outcome.error.errorMessage}`;
    this.options.logs.write({
      functionName: config.name,
      requestId,
      source: 'runner',
      text: `REPORT RequestId: ${requestId}\tDuration: ${String(durationMs)} ms\tMemory Size: ${String(config.memoryMb)} MB\tMax Memory Used: ${String(usedMb)} MB${status}`,
    });
  }
}

interface Finished {
  requestId: string;
  outcome: InvocationOutcome;
  environment: Environment;
  durationMs: number;
}
