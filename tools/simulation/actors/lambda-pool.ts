import type { QueueHandler } from '@alluvium/lambda-kit';
import { testContext } from '@alluvium/testkit';
import { VirtualProcess, type KeptMessage, type QueueServer } from '@alluvium/testkit/simulation';
import type { Services } from '../services.ts';

type SQSEvent = Parameters<QueueHandler>[0];
type Context = Parameters<QueueHandler>[1];
type SQSBatchResponse = Awaited<ReturnType<QueueHandler>>;

/** A function that reads a queue, with a number of execution environments. */
export interface LambdaPool {
  /** Hands visible messages to idle environments. */
  dispatch(): void;
  isIdle(): boolean;
}

interface PoolOptions {
  name: string;
  services: Services;
  queue: QueueServer;
  environments: number;
  /** Messages at most in an invocation. */
  batch: number;
  skewMs: number;
  makeHandler: (process: VirtualProcess) => QueueHandler;
  /** Called when a message was handled and is deleted for good. */
  acknowledged: (body: string) => void;
  dispatch: () => void;
}

const LAMBDA_TIMEOUT_MS = 900_000;
const RESTART_MS = 2_000;

const recordOf = ({ id, body, receives }: KeptMessage): SQSEvent['Records'][number] => ({
  messageId: id,
  receiptHandle: id,
  body,
  attributes: {
    ApproximateReceiveCount: String(receives),
    SentTimestamp: '0',
    SenderId: 'simulation',
    ApproximateFirstReceiveTimestamp: '0',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:simulation',
  awsRegion: 'eu-west-1',
});

/**
 * Invokes a handler with a context of its own. The time that is left is by the process's clock; the middleware would set a timer of
 * the real world by it, so it is not there yet when that one looks.
 */
export const invokeLambda = <Event, Result>(
  process: VirtualProcess,
  handler: (event: Event, context: Context) => Promise<Result>,
  event: Event,
): Promise<Result> => {
  const startedMs = process.clock.monotonicMs();
  const context = { ...testContext(), functionName: process.name, getRemainingTimeInMillis: undefined };
  const answer = handler(event, context as unknown as Context);
  const getRemainingTimeInMillis = (): number =>
    LAMBDA_TIMEOUT_MS - (process.clock.monotonicMs() - startedMs);
  Object.assign(context, { getRemainingTimeInMillis });
  return answer;
};

/** One execution environment at a time; when it dies, another one takes its place. */
class Slot {
  readonly #options: PoolOptions;
  readonly #name: string;
  #process: VirtualProcess | undefined;
  #handler: QueueHandler | undefined;
  #environments = 0;
  #invocations = 0;
  isBusy = false;

  constructor(options: PoolOptions, name: string) {
    this.#options = options;
    this.#name = name;
  }

  #start(): VirtualProcess {
    const { services, skewMs, makeHandler } = this.#options;
    this.#environments += 1;
    const name = `${this.#name}.${this.#environments}`;
    const skew = services.random.fork(`skew of ${name}`).between(-skewMs, skewMs);
    const process = new VirtualProcess(services.scheduler, name, skew);
    process.died = () => this.#replace();
    this.#process = process;
    this.#handler = makeHandler(process);
    return process;
  }

  #replace(): void {
    this.#process = undefined;
    const { scheduler } = this.#options.services;
    scheduler.schedule(RESTART_MS, { actor: this.#name, label: 'starts again', run: () => this.#free() });
  }

  #free(): void {
    this.isBusy = false;
    this.#options.dispatch();
  }

  invoke(messages: KeptMessage[]): void {
    const process = this.#process ?? this.#start();
    const handler = this.#handler as QueueHandler;
    this.isBusy = true;
    this.#invocations += 1;
    process.deliver(0, `is invoked with ${messages.map(({ id }) => id).join(' ')}`, () => {
      process.invoke(
        () => invokeLambda(process, handler, { Records: messages.map(recordOf) }),
        (failure, answer) => this.#ended(messages, failure === undefined ? answer : undefined),
      );
    });
    this.#watch(process, this.#invocations);
  }

  // The host kills what takes too long. Half of the time it does not, and a zombie goes on: a laptop that wakes up is one.
  #watch(process: VirtualProcess, invocation: number): void {
    const { scheduler, random } = this.#options.services;
    if (random.chance(0.5)) return;
    const run = (): void => {
      if (this.isBusy && this.#process === process && this.#invocations === invocation) process.die();
    };
    scheduler.schedule(LAMBDA_TIMEOUT_MS, { actor: process.name, label: 'has had its time', run });
  }

  #ended(messages: KeptMessage[], answer: SQSBatchResponse | undefined): void {
    const { queue, acknowledged, services } = this.#options;
    const failed = new Set(answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const done = answer === undefined ? [] : messages.filter(({ id }) => !failed.has(id));
    services.scheduler.note(this.#name, `is done with ${done.length} of ${messages.length}`);
    for (const { id, body } of done) {
      queue.delete(id);
      acknowledged(body);
    }
    this.#free();
  }
}

/** Starts a pool; its environments come to be when they are needed. */
export const lambdaPool = (options: Omit<PoolOptions, 'dispatch'>): LambdaPool => {
  const dispatch = (): void => {
    for (const slot of slots) {
      if (slot.isBusy) continue;
      const messages = options.queue.receive(options.services.random.between(1, options.batch));
      if (messages.length === 0) return;
      slot.invoke(messages);
    }
  };
  const slots = Array.from(
    { length: options.environments },
    (_, index) => new Slot({ ...options, dispatch }, `${options.name}-${index + 1}`),
  );
  return { dispatch, isIdle: () => slots.every(({ isBusy }) => !isBusy) };
};
