import { isPipelineError } from '@alluvium/contracts';
import type { Clock } from '../common/clock.ts';
import type { Store } from '../common/store.ts';
import { DueQueue } from '../common/due-queue.ts';
import type { MessageAttributes } from '../sqs/message.ts';
import { keyRange, storeKey } from './event-registry.ts';
import type { Delivery } from './model.ts';

/** Takes one payload to its target; rejects with a PipelineError of kind `invalid` when trying again is of no use. */
export type Deliver = (delivery: Delivery) => Promise<void>;

export interface DispatcherOptions {
  store: Store;
  clock: Clock;
  deliver: Deliver;
  /** Puts what cannot be delivered into a dead-letter queue. */
  bury(queueArn: string, payload: string, attributes: MessageAttributes): Promise<void>;
}

interface Failure {
  code: string;
  message: string;
  isFinal: boolean;
}

const CONCURRENCY = 64;
const DEFAULT_RETRY_ATTEMPTS = 185;
const DEFAULT_EVENT_AGE_SECONDS = 86_400;
const FIRST_BACKOFF_MS = 1000;
/** 185 attempts spread over 24 hours come to about this at the end. */
const LONGEST_BACKOFF_MS = 480_000;

const key = ({ id }: Delivery): string => storeKey('delivery', id);

/** The change that makes a delivery durable, for the batch that accepts its event. */
export const putDelivery = (delivery: Delivery) => ({
  type: 'put' as const,
  key: key(delivery),
  value: delivery,
});

const describeFailure = (error: unknown): Failure => {
  const message = error instanceof Error ? error.message : String(error);
  if (!isPipelineError(error) || error.kind !== 'invalid')
    return { code: 'ERROR_FROM_TARGET', message, isFinal: false };
  const isAbsent = /NOT_FOUND|NOT_EXIST|UNKNOWN/.test(error.code);
  return { code: isAbsent ? 'NO_RESOURCE' : 'SDK_CLIENT_ERROR', message, isFinal: true };
};

/** Which bound of the retry policy is reached, if any. */
const exhausted = ({ target, attempts, acceptedAtMs }: Delivery, nowMs: number): string | undefined => {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = target.RetryPolicy ?? {};
  if (attempts > (MaximumRetryAttempts ?? DEFAULT_RETRY_ATTEMPTS)) return 'MaximumRetryAttempts';
  const ageMs = (MaximumEventAgeInSeconds ?? DEFAULT_EVENT_AGE_SECONDS) * 1000;
  return nowMs - acceptedAtMs >= ageMs ? 'MaximumEventAgeInSeconds' : undefined;
};

const text = (value: string): { DataType: string; StringValue: string } => ({
  DataType: 'String',
  StringValue: value,
});

const deadLetterAttributes = (
  delivery: Delivery,
  failure: Failure,
  condition?: string,
): MessageAttributes => ({
  RULE_ARN: text(delivery.ruleArn),
  TARGET_ARN: text(delivery.target.Arn),
  ERROR_CODE: text(failure.code),
  ERROR_MESSAGE: text(failure.message === '' ? '-' : failure.message),
  RETRY_ATTEMPTS: text(String(delivery.attempts - 1)),
  ...(condition === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: text(condition) }),
});

/** Carries stored deliveries to their targets: many at a time, in no promised order, at least once each. */
export class Dispatcher {
  private readonly options: DispatcherOptions;
  private readonly ready: Delivery[] = [];
  private readonly retries = new DueQueue<Delivery>();
  private inProgress = 0;
  private isClosed = false;
  private stopTimer: () => void = () => undefined;
  private readonly idleWaiters = new Set<() => void>();

  constructor(options: DispatcherOptions) {
    this.options = options;
  }

  /** Goes on with what an earlier process had accepted but not delivered. */
  async resume(): Promise<void> {
    for await (const value of this.options.store.values(keyRange('delivery')))
      this.ready.push(value as Delivery);
    this.pump();
  }

  /** Takes on deliveries that are durable by now. */
  add(deliveries: Delivery[]): void {
    for (const delivery of deliveries) this.ready.push(delivery);
    this.pump();
  }

  /** Resolves once nothing is ready or in progress; retries that wait for their time do not count. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.idleWaiters.add(resolve);
      this.pump();
    });
  }

  /** Stops taking up deliveries and waits for those in progress; the rest stays stored. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.ready.length = 0;
    this.stopTimer();
    await this.idle();
  }

  private pump(): void {
    while (!this.isClosed && this.inProgress < CONCURRENCY) {
      const delivery = this.ready.shift();
      if (delivery === undefined) break;
      this.inProgress += 1;
      void this.attempt(delivery).finally(() => {
        this.inProgress -= 1;
        this.pump();
      });
    }
    if (this.inProgress === 0 && this.ready.length === 0) {
      for (const waiter of this.idleWaiters) waiter();
      this.idleWaiters.clear();
    }
  }

  private async attempt(delivery: Delivery): Promise<void> {
    try {
      await this.options.deliver(delivery);
      await this.options.store.del(key(delivery));
    } catch (error) {
      await this.fail({ ...delivery, attempts: delivery.attempts + 1 }, describeFailure(error)).catch(
        console.error,
      );
    }
  }

  private async fail(delivery: Delivery, failure: Failure): Promise<void> {
    const condition = exhausted(delivery, this.options.clock.nowMs());
    if (!failure.isFinal && condition === undefined) {
      await this.retry(delivery);
      return;
    }
    const deadLetterArn = delivery.target.DeadLetterConfig?.Arn;
    if (deadLetterArn !== undefined) {
      const attributes = deadLetterAttributes(delivery, failure, failure.isFinal ? undefined : condition);
      try {
        await this.options.bury(deadLetterArn, delivery.payload, attributes);
      } catch (error) {
        if (!describeFailure(error).isFinal) {
          await this.retry(delivery);
          return;
        }
      }
    }
    await this.options.store.del(key(delivery));
  }

  private async retry(delivery: Delivery): Promise<void> {
    const nowMs = this.options.clock.nowMs();
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** (delivery.attempts - 1), LONGEST_BACKOFF_MS);
    const ageSeconds = delivery.target.RetryPolicy?.MaximumEventAgeInSeconds ?? DEFAULT_EVENT_AGE_SECONDS;
    // the last attempt comes when the event is as old as it may get
    const endMs = Math.max(nowMs + FIRST_BACKOFF_MS, delivery.acceptedAtMs + ageSeconds * 1000);
    await this.options.store.put(key(delivery), delivery);
    if (this.isClosed) return;
    this.retries.add(Math.min(nowMs + backoffMs, endMs), delivery);
    this.arm();
  }

  private arm(): void {
    this.stopTimer();
    const dueAtMs = this.retries.nextDueAtMs();
    if (dueAtMs === undefined) return;
    const { clock } = this.options;
    this.stopTimer = clock.after(Math.max(0, dueAtMs - clock.nowMs()), () => {
      for (;;) {
        const delivery = this.retries.takeDue(clock.nowMs());
        if (delivery === undefined) break;
        this.ready.push(delivery);
      }
      this.arm();
      this.pump();
    });
  }
}
