import { hasCode } from '@alluvium/contracts';
import type { Clock } from '../common/clock.ts';
import type { QueueService, SqsRecord } from '../sqs/queue-service.ts';
import { failedMessageIds } from './batch-response.ts';
import { noChaos, type Chaos } from './chaos.ts';
import type { EventSourceMapping } from './function-config.ts';
import type { FunctionRunner } from './function-runner.ts';

/** What a poller needs of the queues. */
export type PolledQueues = Pick<QueueService, 'receive' | 'delete' | 'changeVisibility'>;

export interface QueuePollerOptions {
  queues: PolledQueues;
  runner: FunctionRunner;
  clock: Clock;
  /** Most batches of one mapping at once. */
  concurrency: number;
  /** A message that failed for the n-th time comes again after this many whole seconds. */
  retryDelaySeconds: (receives: number) => number;
  chaos?: Chaos | undefined;
}

const LONG_POLL_MS = 20_000;
/** After an error of ours, so that a broken queue does not make a busy loop. */
const PAUSE_MS = 1000;

/** Feeds one queue to one function until it is stopped. */
export class QueuePoller {
  private readonly mapping: EventSourceMapping;
  private readonly options: QueuePollerOptions;
  private readonly stopping = new AbortController();
  private readonly workers: Promise<void>[] = [];

  constructor(mapping: EventSourceMapping, options: QueuePollerOptions) {
    this.mapping = mapping;
    this.options = options;
  }

  start(): void {
    const limit = Math.min(this.mapping.maximumConcurrency ?? Infinity, this.options.concurrency);
    for (let index = 0; index < limit; index += 1) this.workers.push(this.work());
  }

  /** Takes no further batch. Whoever closes ends the environments next, then awaits `drained`. */
  stop(): void {
    this.stopping.abort();
  }

  async drained(): Promise<void> {
    await Promise.all(this.workers);
  }

  private isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async work(): Promise<void> {
    while (!this.isStopped()) {
      try {
        const batch = await this.gather();
        if (batch.length > 0) await this.deliver(batch);
      } catch (error) {
        if (this.isStopped() || hasCode(error, 'LAMBDA_CLOSED')) return;
        console.error(error);
        await this.pause();
      }
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.options.clock.after(PAUSE_MS, resolve);
      this.stopping.signal.addEventListener('abort', () => {
        cancel();
        resolve();
      });
    });
  }

  /** The first message, then what else arrives within the window. */
  private async gather(): Promise<SqsRecord[]> {
    const { batchSize, windowSeconds } = this.mapping;
    const batch = await this.receive(batchSize, LONG_POLL_MS);
    if (batch.length === 0) return batch;
    const untilMs = this.options.clock.nowMs() + windowSeconds * 1000;
    while (batch.length < batchSize && !this.isStopped()) {
      const leftMs = untilMs - this.options.clock.nowMs();
      if (leftMs <= 0) break;
      batch.push(...(await this.receive(batchSize - batch.length, leftMs)));
    }
    return batch;
  }

  private receive(max: number, waitMs: number): Promise<SqsRecord[]> {
    const { signal } = this.stopping;
    return this.options.queues.receive(this.mapping.queueArn, { max, waitMs, signal });
  }

  private async deliver(batch: SqsRecord[]): Promise<void> {
    const { runner, queues, chaos = noChaos } = this.options;
    const { functionName, queueArn } = this.mapping;
    const event = { Records: batch };
    const outcome = await runner.run(functionName, event);
    // the environment went down with us: the messages are released at the next start
    if (this.isStopped() && !outcome.ok) return;
    if (chaos.deliversTwice()) await runner.run(functionName, event);
    const failed = new Set(this.failedIds(batch, outcome));
    const done = batch.filter(({ messageId }) => !failed.has(messageId));
    await queues.delete(
      queueArn,
      done.map(({ receiptHandle }) => receiptHandle),
    );
    const undone = batch.filter(({ messageId }) => failed.has(messageId));
    await Promise.all(undone.map((record) => this.putBack(record)));
  }

  private failedIds(
    batch: SqsRecord[],
    outcome: Awaited<ReturnType<FunctionRunner['run']>>,
  ): readonly string[] {
    const ids = batch.map(({ messageId }) => messageId);
    if (!outcome.ok) return ids;
    return this.mapping.reportsItemFailures ? failedMessageIds(outcome.payload, ids) : [];
  }

  /** On AWS a failed message stays hidden for the queue's whole timeout; a laptop need not wait for minutes. */
  private async putBack({ attributes, receiptHandle }: SqsRecord): Promise<void> {
    const receives = Number(attributes.ApproximateReceiveCount ?? 1);
    const delaySeconds = this.options.retryDelaySeconds(receives);
    try {
      await this.options.queues.changeVisibility(this.mapping.queueArn, receiptHandle, delaySeconds);
    } catch {
      // its timeout has passed: it is visible already
    }
  }
}
