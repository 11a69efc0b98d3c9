import { hasCode } from '@alluvium/contracts';
import { randomUUID } from 'node:crypto';
import type { Clock } from '../common/clock.ts';
import type { Store } from '../common/store.ts';
import { destinationRecord, type AsyncInvocation } from './async-record.ts';
import type { InvocationOutcome } from './environment.ts';
import { functionNameOf } from './function-config.ts';
import type { FunctionRunner } from './function-runner.ts';
import type { LogSink } from './log-sink.ts';

export interface AsyncInvokerOptions {
  store: Store;
  clock: Clock;
  runner: FunctionRunner;
  logs: LogSink;
  /** Before the second and third try; Lambda waits one minute and two. */
  retryDelaysMs: readonly number[];
  /** Delivers to a destination. */
  sendMessage: (queueArn: string, body: string) => Promise<unknown>;
}

const PREFIX = 'invocation\0';

/**
 * Invocations that nobody waits for. One is accepted once it is written down, and it is forgotten once its function
 * has succeeded or its retries are used up: a crash in between repeats it.
 */
export class AsyncInvoker {
  private readonly options: AsyncInvokerOptions;
  private readonly underWay = new Set<Promise<void>>();
  private readonly cancels = new Set<() => void>();
  private readonly stopping = new AbortController();
  private accepted = 0;
  /** Accepted and not finished, those that wait for a retry included. */
  private unfinished = 0;

  constructor(options: AsyncInvokerOptions) {
    this.options = options;
  }

  get pending(): number {
    return this.unfinished;
  }

  /** Takes up what an earlier process left. */
  async resume(): Promise<void> {
    const left: AsyncInvocation[] = [];
    for await (const value of this.options.store.values({ gt: PREFIX, lt: `${PREFIX}\uffff` }))
      left.push(value as AsyncInvocation);
    for (const invocation of left) this.begin(invocation);
  }

  /** Resolves once the event is durable. Throws LAMBDA_FUNCTION_UNKNOWN. */
  async accept(functionArn: string, event: unknown): Promise<void> {
    const config = this.options.runner.configOf(functionNameOf(functionArn));
    const acceptedAtMs = this.options.clock.nowMs();
    const invocation: AsyncInvocation = {
      id: `${String(acceptedAtMs).padStart(15, '0')}-${String(this.accepted++).padStart(9, '0')}-${randomUUID()}`,
      functionName: config.name,
      functionArn: config.arn,
      requestId: randomUUID(),
      event,
      acceptedAtMs,
      attempts: 0,
    };
    await this.save(invocation);
    this.begin(invocation);
  }

  /** Begins no further try. Whoever closes ends the environments next, then awaits `drained`. */
  stop(): void {
    this.stopping.abort();
    for (const cancel of this.cancels) cancel();
  }

  async drained(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private isClosed(): boolean {
    return this.stopping.signal.aborted;
  }

  private begin(invocation: AsyncInvocation): void {
    this.unfinished += 1;
    this.track(this.attempt(invocation));
  }

  private track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        console.error(error);
      })
      .finally(() => this.underWay.delete(tracked));
    this.underWay.add(tracked);
  }

  private async attempt(invocation: AsyncInvocation): Promise<void> {
    if (this.isClosed()) return;
    const outcome = await this.run(invocation);
    // an environment that went down with us was no try
    if (outcome === undefined || this.isClosed()) return;
    const tried = { ...invocation, attempts: invocation.attempts + 1 };
    if (outcome.ok || !this.mayRetry(tried)) await this.finish(tried, outcome);
    else {
      await this.save(tried);
      this.retryLater(tried);
    }
  }

  private async run({ functionName, event, requestId }: AsyncInvocation) {
    try {
      return await this.options.runner.run(functionName, event, requestId);
    } catch (error) {
      if (hasCode(error, 'LAMBDA_CLOSED')) return undefined;
      const trace: string[] = [];
      return { ok: false as const, error: { errorType: 'Error', errorMessage: String(error), trace } };
    }
  }

  private mayRetry({ functionName, attempts, acceptedAtMs }: AsyncInvocation): boolean {
    const { runner, clock } = this.options;
    // a function may have left the templates since
    if (!runner.has(functionName)) return false;
    const { maximumRetryAttempts, maximumEventAgeSeconds } = runner.configOf(functionName).asyncInvoke;
    return attempts <= maximumRetryAttempts && clock.nowMs() - acceptedAtMs < maximumEventAgeSeconds * 1000;
  }

  private retryLater(invocation: AsyncInvocation): void {
    if (this.isClosed()) return;
    const { clock, retryDelaysMs } = this.options;
    const delayMs = retryDelaysMs[invocation.attempts - 1] ?? retryDelaysMs.at(-1) ?? 0;
    const cancel = clock.after(delayMs, () => {
      this.cancels.delete(cancel);
      this.track(this.attempt(invocation));
    });
    this.cancels.add(cancel);
  }

  private async finish(invocation: AsyncInvocation, outcome: InvocationOutcome): Promise<void> {
    await this.tellDestination(invocation, outcome);
    await this.options.store.del(PREFIX + invocation.id);
    this.unfinished -= 1;
  }

  private async tellDestination(invocation: AsyncInvocation, outcome: InvocationOutcome): Promise<void> {
    const { runner, clock, sendMessage } = this.options;
    const { functionName } = invocation;
    const config = runner.has(functionName) ? runner.configOf(functionName).asyncInvoke : undefined;
    const destination = outcome.ok ? config?.onSuccess : config?.onFailure;
    if (destination === undefined) {
      if (!outcome.ok) this.log(invocation, `dropped: ${outcome.error.errorMessage}`);
      return;
    }
    const record = destinationRecord(invocation, outcome, clock.nowMs());
    try {
      await sendMessage(destination, JSON.stringify(record));
    } catch (error) {
      // Lambda drops the event, too, when its destination cannot be reached
      this.log(invocation, `dropped: its destination ${destination} failed: ${String(error)}`);
    }
  }

  private log({ functionName, requestId, attempts }: AsyncInvocation, text: string): void {
    this.options.logs.write({
      functionName,
      requestId,
      source: 'runner',
      text: `RequestId: ${requestId} Asynchronous event after ${String(attempts)} tries ${text}`,
    });
  }

  private async save(invocation: AsyncInvocation): Promise<void> {
    await this.options.store.put(PREFIX + invocation.id, invocation);
  }
}
