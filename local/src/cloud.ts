import { PipelineError } from '@alluvium/contracts';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DefaultHeaders } from './api/default-headers.ts';
import { startHttpApi } from './api/http-api.ts';
import type { Throttle } from './api/token-bucket.ts';
import { openTogether, type Closing } from './closing.ts';
import type { ServiceEndpoints } from './lambda/environment-variables.ts';
import type { EventSourceMapping } from './lambda/function-config.ts';
import { startLambda, type Lambda, type LambdaLimits } from './lambda/lambda.ts';
import type { OnInvocation } from './lambda/function-runner.ts';
import type { OnLog } from './lambda/log-sink.ts';
import { startServers, type Servers } from './servers.ts';
import { checkResources } from './stacks/check-resources.ts';
import { tryLock } from './stacks/lock-file.ts';
import { packageServices } from './stacks/package-services.ts';
import { provision } from './stacks/provision.ts';
import { ofType, readFunctions, readMappings, readRoutes } from './stacks/read-functions.ts';
import { resolveStacks, type ResolvedStacks } from './stacks/resolve-stacks.ts';
import type { StackSource } from './stacks/template.ts';

/** The four services and the HTTP API, each `http://127.0.0.1:<port>`. */
export interface CloudEndpoints extends ServiceEndpoints {
  api: string;
}

export interface CloudOptions {
  /** The repository. */
  root: string;
  /** Holds all state; one cloud at a time. */
  directory: string;
  /** Default dev. */
  stage?: string | undefined;
  /** Default eu-west-1. */
  region?: string | undefined;
  /** 0 or absent picks a free one. */
  ports?: Partial<Record<keyof CloudEndpoints, number>> | undefined;
  /** Stacks that are packaged already; those of the repository's services when absent. */
  stacks?: StackSource[] | undefined;
  limits?: LambdaLimits | undefined;
  /** Of the HTTP API; none by default, whatever the template says. */
  throttle?: Throttle | undefined;
  /** Of HTTP requests that lack them, such as the key of whoever owns this machine; not of requests by pages of elsewhere. */
  defaultHeaders?: DefaultHeaders | undefined;
  /** Kills environments and delivers batches twice, by chance; the same chances for the same seed. */
  chaos?: { seed: number } | undefined;
  /** Every line that functions write. They also go to `logs/<function>.log` in the directory. */
  onLog?: OnLog | undefined;
  /** Every call of a function, when it begins and when it ends. */
  onInvocation?: OnInvocation | undefined;
  /** What the start is about, and warnings about templates. */
  onProgress?: ((message: string) => void) | undefined;
}

/** What is still to be done. */
export interface PendingWork {
  /** In queues that feed functions. */
  messages: number;
  /** Whether a bus has deliveries under way; those that wait for a later try do not count. */
  delivering: boolean;
  /** Asynchronous invocations that are not finished. */
  asynchronous: number;
  /** Invocations under way. */
  running: number;
}

export interface CloudFunction {
  name: string;
  /** Of its environments. */
  pids(): number[];
  /** As {@link Lambda.invoke}. */
  invoke(event: unknown): Promise<unknown>;
}

/** An installation on this machine. */
export interface Cloud {
  endpoints: CloudEndpoints;
  /** Export name to value, as CloudFormation would list them. */
  exports: Record<string, string>;
  /** Stack name to output name to value. */
  outputs: Record<string, Record<string, string>>;
  functions: CloudFunction[];
  queues: { name: string; arn: string; url: string }[];
  /** The four servers from inside. */
  servers: Servers;
  pending(): Promise<PendingWork>;
  /** Whether nothing is left to do, apart from schedules and failed deliveries that wait for a later try. */
  idle(): Promise<boolean>;
  /** SIGKILLs every execution environment, as a lost machine would. */
  killEnvironments(): Promise<void>;
  close(): Promise<void>;
}

const ACCOUNT_ID = '000000000000';
/** An event between two stages is in none of their books for a moment. */
const SETTLE_MS = 50;

const lockDirectory = async (directory: string, closing: Closing): Promise<void> => {
  const file = path.join(directory, 'cloud.lock');
  const lock = await tryLock(file);
  if (typeof lock === 'number')
    throw new PipelineError(
      `Another cloud (process ${String(lock)}) works in ${directory}; stop it, or remove ${file} if that is some other program`,
      { code: 'CLOUD_ALREADY_RUNNING', kind: 'conflict', details: { directory, pid: lock } },
    );
  closing.add({ close: lock });
};

const readPending = async (
  { bus, queues }: Servers,
  lambda: Lambda,
  mappings: EventSourceMapping[],
): Promise<PendingWork> => {
  const polled = mappings.filter(({ enabled }) => enabled).map(({ queueArn }) => queues.depth(queueArn));
  const messages = polled.reduce((sum, depth) => sum + depth.visible + depth.inFlight + depth.delayed, 0);
  const delivering = await Promise.race([bus.idle().then(() => false), sleep(10, true)]);
  return { messages, delivering, ...lambda.pending() };
};

const isIdle = ({ messages, delivering, asynchronous, running }: PendingWork): boolean =>
  messages === 0 && !delivering && asynchronous === 0 && running === 0;

const openStacks = (options: CloudOptions, region: string): Promise<StackSource[]> => {
  const { root, stage = 'dev', stacks, onProgress } = options;
  return stacks === undefined
    ? packageServices({ root, stage, region, onProgress })
    : Promise.resolve(stacks);
};

/** Ends what still waits for the functions; it is in a store, and comes again. */
const refusing = ({ promise, reject }: PromiseWithResolvers<Lambda>) => {
  promise.catch(() => undefined);
  return {
    close: async () => {
      reject(new Error('The cloud is closed'));
      await Promise.resolve();
    },
  };
};

interface Front {
  servers: Servers;
  endpoints: CloudEndpoints;
  resolved: ResolvedStacks;
  /** Lets calls through to the functions. */
  connect: (lambda: Lambda) => void;
}

/** Servers and HTTP API, and the templates resolved against their addresses. Calls of functions wait for `connect`. */
const openFront = async (options: CloudOptions, closing: Closing): Promise<Front> => {
  const { directory, ports = {}, region = 'eu-west-1', throttle, defaultHeaders } = options;
  const sources = await openStacks(options, region);
  options.onProgress?.('starting the servers');
  const gate = Promise.withResolvers<Lambda>();
  const invokeLambda = async (arn: string, event: unknown) => (await gate.promise).invokeAsync(arn, event);
  const targets = { invokeLambda };
  const servers = closing.add(
    await startServers({ directory, ports, region, targets, accountId: ACCOUNT_ID }),
  );
  closing.add(refusing(gate));
  const api = closing.add(
    await startHttpApi({
      port: ports.api ?? 0,
      routes: [],
      defaultHeaders,
      invoke: async (name, event) => (await gate.promise).invoke(name, event),
      ...(throttle === undefined ? {} : { throttle }),
    }),
  );
  const endpoints = { ...servers.endpoints, api: api.endpoint };
  const resolved = resolveStacks(sources, { region, accountId: ACCOUNT_ID, endpoints });
  const connect = (lambda: Lambda) => {
    api.setRoutes(readRoutes(resolved.resources));
    gate.resolve(lambda);
  };
  return { servers, endpoints, resolved, connect };
};

const openLambda = (
  options: CloudOptions,
  { servers, endpoints, resolved }: Front,
  mappings: EventSourceMapping[],
): Promise<Lambda> => {
  const { directory, region = 'eu-west-1', onLog, onInvocation, limits, chaos } = options;
  return startLambda({
    functions: readFunctions(resolved.resources),
    queues: servers.queues,
    ...{ mappings, endpoints, region, onLog, onInvocation, limits, chaos },
    directory: path.join(directory, 'lambda'),
    logDirectory: path.join(directory, 'logs'),
  });
};

const functionsOf = (lambda: Lambda): CloudFunction[] =>
  lambda.names.map((name) => ({
    name,
    pids: () => lambda.pidsOf(name),
    invoke: (event) => lambda.invoke(name, event),
  }));

const queuesOf = ({ resources }: ResolvedStacks): Cloud['queues'] =>
  ofType(resources, 'AWS::SQS::Queue').map(({ ref, attributes }) => ({
    name: attributes.QueueName ?? '',
    arn: attributes.Arn ?? '',
    url: ref,
  }));

const openCloud = async (options: CloudOptions, closing: Closing): Promise<Cloud> => {
  const { directory, region = 'eu-west-1', onProgress } = options;
  await mkdir(directory, { recursive: true });
  await lockDirectory(directory, closing);
  const front = await openFront(options, closing);
  const { servers, endpoints, resolved } = front;
  for (const warning of checkResources(resolved.resources)) onProgress?.(`warning: ${warning}`);
  onProgress?.('making buckets, tables, queues and rules');
  const rulesFile = path.join(directory, 'rules.json');
  await provision(resolved.resources, { endpoints, region, rulesFile });
  const mappings = readMappings(resolved.resources);
  const lambda = closing.add(await openLambda(options, front, mappings));
  front.connect(lambda);
  onProgress?.(`ready: ${String(lambda.names.length)} functions`);
  const pending = () => readPending(servers, lambda, mappings);
  return {
    ...{ endpoints, servers, pending },
    exports: resolved.exports,
    outputs: resolved.outputs,
    functions: functionsOf(lambda),
    queues: queuesOf(resolved),
    idle: async () => {
      if (!isIdle(await pending())) return false;
      await sleep(SETTLE_MS);
      return isIdle(await pending());
    },
    killEnvironments: () => lambda.killEnvironments(),
    close: () => closing.closeAll(),
  };
};

/**
 * Runs the stacks of the repository on this machine: what `sls package` writes, on the local servers, with every
 * function in processes of its own. State lies in `directory`; a start after any kind of end goes on where it was.
 * Throws CLOUD_ALREADY_RUNNING, PACKAGING_FAILED and TEMPLATE_INVALID.
 */
export const startCloud = (options: CloudOptions): Promise<Cloud> =>
  openTogether((closing) => openCloud(options, closing));
