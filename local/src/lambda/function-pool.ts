import { PipelineError } from '@alluvium/contracts';
import type { Environment, InvocationOutcome, InvocationRequest } from './environment.ts';

export interface FunctionPoolOptions {
  /** Most environments at once; more callers wait. */
  limit: number;
  start: () => Environment;
}

const closed = (): PipelineError =>
  new PipelineError('The runner is closed', { code: 'LAMBDA_CLOSED', kind: 'unavailable' });

/** The environments of one function: warm ones are used again, the latest first, so that the others can go. */
export class FunctionPool {
  private readonly options: FunctionPoolOptions;
  private readonly all = new Set<Environment>();
  private idle: Environment[] = [];
  private waiting: PromiseWithResolvers<Environment>[] = [];
  private isClosed = false;

  constructor(options: FunctionPoolOptions) {
    this.options = options;
  }

  /** Invocations under way or waiting for an environment. */
  get running(): number {
    return this.all.size - this.idle.length + this.waiting.length;
  }

  /** Since when each idle environment has been so, in milliseconds since the Unix epoch. */
  get idleTimes(): number[] {
    return this.idle.map(({ idleSinceMs }) => idleSinceMs);
  }

  get pids(): number[] {
    return [...this.all].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** Runs on the next free environment; `begun` hears which, just before. Rejects only with LAMBDA_CLOSED. */
  async run(
    request: InvocationRequest,
    begun?: (environment: Environment) => void,
  ): Promise<{ outcome: InvocationOutcome; environment: Environment }> {
    const environment = await this.acquire();
    begun?.(environment);
    const outcome = await environment.run(request);
    this.release(environment);
    return { outcome, environment };
  }

  /** Ends those that have been idle since before `sinceMs`. */
  async reap(sinceMs: number): Promise<void> {
    const old = this.idle.filter(({ idleSinceMs }) => idleSinceMs < sinceMs);
    this.idle = this.idle.filter((environment) => !old.includes(environment));
    for (const environment of old) this.all.delete(environment);
    await Promise.all(old.map((environment) => environment.kill()));
  }

  /** SIGKILLs all, those at work included. */
  async kill(): Promise<void> {
    await Promise.all([...this.all].map((environment) => environment.kill()));
    this.dropDeadIdle();
  }

  /** Refuses those that wait and those that come, and kills the rest. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const { reject } of this.waiting) reject(closed());
    this.waiting = [];
    await this.kill();
  }

  private acquire(): Promise<Environment> {
    if (this.isClosed) return Promise.reject(closed());
    this.dropDeadIdle();
    const warm = this.idle.pop();
    if (warm !== undefined) return Promise.resolve(warm);
    if (this.all.size < this.options.limit) return Promise.resolve(this.start());
    const turn = Promise.withResolvers<Environment>();
    this.waiting.push(turn);
    return turn.promise;
  }

  private start(): Environment {
    const environment = this.options.start();
    this.all.add(environment);
    return environment;
  }

  private release(environment: Environment): void {
    if (!environment.isAlive) this.all.delete(environment);
    const next = this.waiting.shift();
    if (next !== undefined) next.resolve(environment.isAlive ? environment : this.start());
    else if (environment.isAlive) {
      environment.idleSinceMs = Date.now();
      this.idle.push(environment);
    }
  }

  private dropDeadIdle(): void {
    for (const environment of this.idle) if (!environment.isAlive) this.all.delete(environment);
    this.idle = this.idle.filter(({ isAlive }) => isAlive);
  }
}
