import { PipelineError } from '@alluvium/contracts';
import path from 'node:path';
import { tmpdir } from 'node:os';
import { systemClock, type Clock } from '../common/clock.ts';
import { openStore, type Store } from '../common/store.ts';
import type { QueueService } from '../sqs/queue-service.ts';
import { AsyncInvoker } from './async-invoker.ts';
import { makeChaos } from './chaos.ts';
import type { ServiceEndpoints } from './environment-variables.ts';
import type { InvocationOutcome } from './environment.ts';
import type { EventSourceMapping, FunctionConfig } from './function-config.ts';
import { FunctionRunner, type OnInvocation } from './function-runner.ts';
import { openLogSink, type LogSink, type OnLog } from './log-sink.ts';
import { QueuePoller, type PolledQueues } from './queue-poller.ts';

/** How the runner differs from AWS to suit a laptop. */
export interface LambdaLimits {
  /** Most environments a function; default 4. */
  concurrency?: number;
  /** Most batches at once an event source mapping, whatever its template says; default 2. */
  mappingConcurrency?: number;
  /** Idle environments end after this long; default 5 minutes. */
  idleMs?: number;
  /** Most idle environments of all functions together; default 16. */
  maxIdle?: number;
  /** Loading a bundle may take this long; default 60 s. */
  initTimeoutMs?: number;
  /** Of MemorySize that may be resident; default 1. */
  memoryLimitFactor?: number;
  /** Before the retries of asynchronous invocations; default 1 s and 5 s, on AWS one minute and two. */
  retryDelaysMs?: readonly number[];
  /** Before a failed message comes again; default 1, 2, 4, ... 60 s. */
  retryDelaySeconds?: (receives: number) => number;
}

export interface LambdaOptions {
  functions: FunctionConfig[];
  mappings: EventSourceMapping[];
  queues: PolledQueues & Pick<QueueService, 'send' | 'releaseInFlight'>;
  endpoints: ServiceEndpoints;
  region: string;
  /** Keeps asynchronous invocations and temporary files; in memory and the system's own folder when absent. */
  directory?: string | undefined;
  /** Of log files; none when absent. */
  logDirectory?: string | undefined;
  onLog?: OnLog | undefined;
  onInvocation?: OnInvocation | undefined;
  clock?: Clock | undefined;
  limits?: LambdaLimits | undefined;
  /** Kills environments and delivers batches twice, by chance. */
  chaos?: { seed: number } | undefined;
}

/** All functions of an installation and what feeds them. */
export interface Lambda {
  names: string[];
  /** Resolves with what the function returned. Throws LAMBDA_FUNCTION_FAILED and LAMBDA_FUNCTION_UNKNOWN. */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** Resolves once the event is durable; the function is tried up to three times. Throws LAMBDA_FUNCTION_UNKNOWN. */
  invokeAsync(functionArn: string, event: unknown): Promise<void>;
  pidsOf(functionName: string): number[];
  /** Invocations under way, and asynchronous ones that are not finished. */
  pending(): { running: number; asynchronous: number };
  /** SIGKILLs every environment, as a lost machine would. */
  killEnvironments(): Promise<void>;
  close(): Promise<void>;
}

const LONGEST_RETRY_DELAY_SECONDS = 60;

const DEFAULT_LIMITS: Required<LambdaLimits> = {
  concurrency: 4,
  mappingConcurrency: 2,
  idleMs: 300_000,
  maxIdle: 16,
  initTimeoutMs: 60_000,
  memoryLimitFactor: 1,
  retryDelaysMs: [1000, 5000],
  retryDelaySeconds: (receives) => Math.min(2 ** (receives - 1), LONGEST_RETRY_DELAY_SECONDS),
};

const valueOf = (functionName: string, outcome: InvocationOutcome): unknown => {
  if (outcome.ok) return outcome.payload;
  throw new PipelineError(`${functionName}: ${outcome.error.errorType}: ${outcome.error.errorMessage}`, {
    code: 'LAMBDA_FUNCTION_FAILED',
    kind: 'internal',
    details: { functionName, ...outcome.error },
  });
};

interface Parts {
  logs: LogSink;
  store: Store;
  runner: FunctionRunner;
  invoker: AsyncInvoker;
  pollers: QueuePoller[];
}

const openParts = async (options: LambdaOptions, limits: Required<LambdaLimits>): Promise<Parts> => {
  const { functions, region, endpoints, queues, directory, onInvocation, clock = systemClock } = options;
  const names = functions.map(({ name }) => name);
  const logs = await openLogSink(names, options.logDirectory, options.onLog);
  const store = await openStore(directory === undefined ? undefined : path.join(directory, 'invocations'));
  const tmpDirectory = path.join(directory ?? tmpdir(), `environments-${String(process.pid)}`);
  const chaos = options.chaos === undefined ? undefined : makeChaos(options.chaos.seed);
  const runner = new FunctionRunner(functions, {
    ...limits,
    ...{ region, endpoints, logs, tmpDirectory, clock, chaos, onInvocation },
  });
  const sendMessage = (queueArn: string, body: string) => queues.send(queueArn, body);
  const { retryDelaysMs } = limits;
  const invoker = new AsyncInvoker({ store, clock, runner, logs, retryDelaysMs, sendMessage });
  const concurrency = limits.mappingConcurrency;
  const { retryDelaySeconds } = limits;
  const pollers = options.mappings
    .filter(({ enabled }) => enabled)
    .map(
      (mapping) => new QueuePoller(mapping, { queues, runner, clock, concurrency, retryDelaySeconds, chaos }),
    );
  return { logs, store, runner, invoker, pollers };
};

const close = async ({ logs, store, runner, invoker, pollers }: Parts): Promise<void> => {
  invoker.stop();
  for (const poller of pollers) poller.stop();
  await runner.close();
  await invoker.drained();
  await Promise.all(pollers.map((poller) => poller.drained()));
  await store.close();
  await logs.close();
};

/** What an earlier process had received is offered again at once: nobody else consumes these queues. */
const releaseQueues = async ({ queues, mappings }: LambdaOptions): Promise<void> => {
  const fed = new Set(mappings.filter(({ enabled }) => enabled).map(({ queueArn }) => queueArn));
  await Promise.all([...fed].map((queueArn) => queues.releaseInFlight(queueArn)));
};

/** Starts the functions' runner, takes up unfinished asynchronous invocations and polls the mapped queues. */
export const startLambda = async (options: LambdaOptions): Promise<Lambda> => {
  const parts = await openParts(options, { ...DEFAULT_LIMITS, ...options.limits });
  const { runner, invoker, pollers } = parts;
  await invoker.resume();
  await releaseQueues(options);
  for (const poller of pollers) poller.start();
  return {
    names: runner.names,
    invoke: async (functionName, event) => valueOf(functionName, await runner.run(functionName, event)),
    invokeAsync: (functionArn, event) => invoker.accept(functionArn, event),
    pidsOf: (functionName) => runner.pidsOf(functionName),
    pending: () => ({ running: runner.running, asynchronous: invoker.pending }),
    killEnvironments: () => runner.kill(),
    close: () => close(parts),
  };
};
