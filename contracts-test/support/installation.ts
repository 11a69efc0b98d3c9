import { makeEvent, type OutgoingEvent } from '@alluvium/contracts';
import type { EventBus, Objects } from '@alluvium/lambda-kit';
import {
  memoryObjects,
  sqsEvent,
  testContext,
  testRuntime,
  type DeadLetter,
  type MemoryObjects,
} from '@alluvium/testkit';
import { memoryObjectStore, readObject, type ObjectStore } from '@alluvium/vector-store';
import { faultOf, pointersIn } from './pointers.ts';
import { collectErrors, overObjects, recordObjects, recordStore, type Records } from './recorders.ts';
import { matchesPattern } from './rule-patterns.ts';
import { isForeign, loadServices, type Rule, type RuleTarget, type Service } from './services.ts';
import { worlds, type World } from './worlds.ts';

type Context = ReturnType<typeof testContext>;
type Handler = (event: unknown, context: Context) => Promise<unknown>;

/** An event on the bus, whatever its detail is. */
export interface BusEvent {
  source: string;
  detailType: string;
  detail: unknown;
}

/** An event that a service put on the bus, with what was wrong with its pointers at that moment. */
export interface Emission {
  service: string;
  event: OutgoingEvent;
  pointerFaults: string[];
}

/** One call of a function and what came of it. */
export interface Invocation {
  service: string;
  functionName: string;
  payload: unknown;
  answer: unknown;
  emitted: OutgoingEvent[];
  /** What was thrown or given up, or failed and would come again. */
  errors: unknown[];
  deadLetters: DeadLetter[];
}

interface Running extends World {
  service: Service;
  runtime: ReturnType<typeof testRuntime>;
  handlers: Map<string, Handler>;
  records: Records;
  errors: unknown[];
}

/** All services with their real handlers and rules, around one bucket and one bus in memory. */
export interface Installation {
  stored: Map<string, Uint8Array>;
  store: ObjectStore;
  emissions: Emission[];
  invocations: Invocation[];
  /** What a service read and wrote. */
  recordsOf(service: string): Records;
  /** What all services remember, and the bucket. */
  state(): Promise<unknown>;
  /** The events of the bus, in order, from number `first` on. */
  events(first?: number): OutgoingEvent[];
  invoke(service: string, functionName: string, payload: unknown): Promise<Invocation>;
  /** Gives an event to those functions of a service that its rules name for it. */
  deliver(service: string, event: BusEvent, options?: DeliverOptions): Promise<Invocation[]>;
  /** Delivers a foreign event, e.g. of S3, by the rules of all services. */
  announce(event: Record<string, unknown>): Promise<Invocation[]>;
  /** Moves the clocks of all services. */
  advance(ms: number): void;
  /** Delivers what was put on the bus, and what follows from it, until nothing does. */
  settle(): Promise<void>;
}

export interface DeliverOptions {
  receives?: number;
  /** Also when the rule's filters beside the detail-type would stop it. */
  anyDetail?: boolean;
}

export interface InstallationOptions {
  /** The one service that is there; all when not given. */
  only?: string;
  /** Changes what the services see of the bucket. */
  objects?: (objects: MemoryObjects) => Objects;
  /** How often an event comes that was emitted once; EventBridge and SQS promise no more than at least once. */
  deliveries?: number;
}

const services = loadServices();
const REMAINING_MS = 900_000;
const MAX_ROUNDS = 1000;

const lower = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
const context = (): Context => ({ ...testContext(), getRemainingTimeInMillis: () => REMAINING_MS });

const loadHandler = async (service: string, path: string, deps: object): Promise<Handler> => {
  const file = path.replace(/^dist\/(.+)\/index\.handler$/, '$1');
  const url = new URL(`../../services/${service}/src/handlers/${file}.ts`, import.meta.url);
  const { makeHandler } = (await import(url.href)) as { makeHandler: (deps: object) => Handler };
  return makeHandler(deps);
};

const queueOf = (event: Record<string, unknown>): string | undefined => {
  const arn = (event['sqs'] as { arn?: { GetAtt?: string } } | undefined)?.arn?.GetAtt;
  return arn?.replace(/\.Arn$/, '');
};

const functionsOf = ({ file }: Service, target: RuleTarget): { functionName: string; queued: boolean }[] => {
  if (target.functionName !== undefined) return [{ functionName: lower(target.functionName), queued: false }];
  return Object.entries(file.functions ?? {})
    .filter(([, { events = [] }]) => events.some((event) => queueOf(event) === target.queue))
    .map(([functionName]) => ({ functionName, queued: true }));
};

/** Builds all services. */
export const makeInstallation = async (options: InstallationOptions = {}): Promise<Installation> => {
  const shared = memoryObjects();
  const { stored } = shared;
  const { deliveries = 1 } = options;
  const seen = options.objects?.(shared) ?? shared;
  const store = overObjects(memoryObjectStore({ nowMs: () => 0 }), stored);
  const bodyAt = async (key: string): Promise<Uint8Array | undefined> => (await readObject(store, key))?.body;
  const emissions: Emission[] = [];
  const invocations: Invocation[] = [];
  const running = new Map<string, Running>();

  const busOf = (service: string, { origin }: Running['runtime']): EventBus => {
    const publishAll = async (events: OutgoingEvent[]): Promise<void> => {
      for (const event of events) {
        const faults = await Promise.all(
          pointersIn(event.detail.data).map(async (pointer) => faultOf(pointer, await bodyAt(pointer.key))),
        );
        const pointerFaults = faults.filter((fault) => fault !== undefined);
        emissions.push({ service, event, pointerFaults });
      }
    };
    return {
      publishAll,
      publish: (contract, data, cause) => publishAll([makeEvent(contract, data, cause, origin)]),
    };
  };

  const start = async (service: Service): Promise<void> => {
    const { name } = service;
    const makeWorld = worlds[name];
    if (makeWorld === undefined)
      throw new Error(`services/${name} has no world in contracts-test/support/worlds.ts`);
    const runtime = testRuntime(name);
    const records: Records = { written: [], read: new Set() };
    const objects = recordObjects(seen, records);
    const surroundings = {
      runtime,
      bus: busOf(name, runtime),
      objects,
      stored,
      store: recordStore(store, records),
    };
    const world = makeWorld(surroundings);
    const handlers = new Map<string, Handler>();
    for (const [functionName, { handler }] of Object.entries(service.file.functions ?? {})) {
      handlers.set(functionName, await loadHandler(name, handler, world.deps));
    }
    running.set(name, { ...world, service, runtime, handlers, records, errors: collectErrors(runtime) });
  };
  const { only } = options;
  for (const service of services) if (only === undefined || only === service.name) await start(service);

  const invoke: Installation['invoke'] = async (name, functionName, payload) => {
    const { runtime, handlers, errors } = running.get(name)!;
    const [emitted, letters, failed] = [emissions.length, runtime.deadLetterList.length, errors.length];
    const thrown: unknown[] = [];
    const answer = await handlers.get(functionName)!(payload, context()).catch((error: unknown) => {
      thrown.push(error);
    });
    const deadLetters = runtime.deadLetterList.slice(letters);
    const invocation = {
      ...{ service: name, functionName, payload, answer, deadLetters },
      emitted: emissions.slice(emitted).map(({ event }) => event),
      errors: [...new Set([...thrown, ...errors.slice(failed), ...deadLetters.map(({ error }) => error)])],
    };
    invocations.push(invocation);
    return invocation;
  };

  const send = async (name: string, rules: Rule[], event: unknown, receives = 1): Promise<Invocation[]> => {
    const { service } = running.get(name)!;
    const results: Invocation[] = [];
    for (const { functionName, queued } of rules.flatMap(({ targets }) =>
      targets.flatMap((target) => functionsOf(service, target)),
    )) {
      results.push(await invoke(name, functionName, queued ? sqsEvent([event], receives) : event));
    }
    return results;
  };

  const deliver: Installation['deliver'] = (name, event, { receives = 1, anyDetail = false } = {}) => {
    // Without a look inside: the detail may be anything.
    const { source, detailType, detail } = event;
    const message = { version: '0', 'detail-type': detailType, source, detail };
    const own = running.get(name)!.service.rules.filter((rule) => !isForeign(rule) && !rule.scheduled);
    const rules = own.filter(({ pattern }) =>
      matchesPattern(anyDetail ? { 'detail-type': pattern['detail-type'] } : pattern, message),
    );
    return send(name, rules, message, receives);
  };

  let next = 0;
  const answerWaiting = async (): Promise<void> => {
    for (const [name, { waiting }] of running) {
      for (const { functionName, bodies } of waiting?.() ?? []) {
        if (bodies.length > 0) await invoke(name, functionName, sqsEvent(bodies));
      }
    }
  };

  return {
    ...{ stored, store, emissions, invocations, invoke, deliver },
    advance: (ms) => {
      for (const { runtime } of running.values()) runtime.advance(ms);
    },
    recordsOf: (service) => running.get(service)!.records,
    events: (first = 0) => emissions.slice(first).map(({ event }) => event),
    announce: async (event) => {
      const results: Invocation[] = [];
      for (const [name, { service }] of running) {
        const rules = service.rules.filter((rule) => isForeign(rule) && matchesPattern(rule.pattern, event));
        results.push(...(await send(name, rules, event)));
      }
      return results;
    },
    settle: async () => {
      for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
        const emission = emissions[next];
        if (emission === undefined) await answerWaiting();
        else {
          next += 1;
          for (const name of running.keys())
            for (let times = 0; times < deliveries; times += 1) await deliver(name, emission.event);
        }
        if (next === emissions.length && emission === undefined) return;
      }
      throw new Error(`The installation does not come to rest within ${MAX_ROUNDS} events`);
    },
    state: async () => {
      const objects = [...stored].map(([key, bytes]) => [key, Buffer.from(bytes).toString('base64')]);
      const changing: unknown[] = [];
      for await (const { key, etag } of store.list('')) changing.push([key, etag]);
      const remembered = [...running].map(([name, { state }]) => [name, state()]);
      return structuredClone({ objects: objects.sort(), changing, remembered });
    },
  };
};
