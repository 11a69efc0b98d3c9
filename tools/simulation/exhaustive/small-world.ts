import '../environment.ts';
import { deltaCreatedV1, hashId, indexPathOf, makeEvent } from '@alluvium/contracts';
import { s3Objects } from '@alluvium/lambda-kit';
import {
  earliest,
  newTrace,
  ownTimers,
  Scheduler,
  seededRandom,
  VirtualProcess,
  type Choose,
  type Fate,
  type RemoteCall,
  type Task,
} from '@alluvium/testkit/simulation';
import { encodeDelta, type Delta } from '@alluvium/vector-store';
import { inboxItemOf } from '../../../services/compactor/src/domain/inbox-item.ts';
import { settleIndex } from '../../../services/compactor/src/settle-index.ts';
import { compactorDeps } from '../actors/compactor-process.ts';
import { BUCKET } from '../environment.ts';
import { itemName, newFacts } from '../facts.ts';
import { Observer } from '../observer.ts';
import { emptyPlan } from '../make-plan.ts';
import { MODEL, type Plan, type PlannedDelta } from '../plan.ts';
import { makeServices, type Services } from '../services.ts';
import type { Committed } from '../invariants/contents.ts';
import { everythingSettles } from '../invariants/liveness.ts';
import { quiescence } from '../quiescence.ts';
import type { RunWeather } from '../weather.ts';
import type { Explorer } from './explorer.ts';

const COLLECTION = 'alpha';
const INDEX_PATH = indexPathOf(COLLECTION, MODEL.id, MODEL.dims);
/** Longer than a lease and its margin. */
const PAUSE_MS = 70_000;

const FATES = {
  well: { landsInMs: 0, answersInMs: 0, answer: 'own', name: '' },
  refused: { landsInMs: undefined, answersInMs: 0, answer: 'lost', name: 'refused' },
  lost: { landsInMs: 0, answersInMs: 0, answer: 'lost', name: 'answer lost' },
  again: { landsInMs: 0, answersInMs: 0, answer: 'again', name: 'repeated' },
  late: { landsInMs: 1, answersInMs: 0, answer: 'lost', name: 'lands late' },
} as const satisfies Record<string, Fate>;

type FateName = keyof typeof FATES;

/**
 * Where processes may be overtaken. `commit`: at the lease and at HEAD; reads and marks of the inbox follow at once.
 * `inbox`: there as well.
 */
export type Depth = 'commit' | 'inbox';

/** What the small model is made of. */
export interface SmallModel {
  /** Deltas that wait when the two compactors begin. */
  deltas: number;
  depth: Depth;
  /** Commits of other runs: what was read there is not read again. */
  seen?: Map<string, Committed>;
}

/** How a run of the small model went. */
export interface SmallRun {
  steps: number;
  /** The first violation, in words. */
  violation: string | undefined;
  /** What happened, line by line. */
  lines: readonly string[];
}

const deltaOf = (part: number): Delta => {
  const text = `silt ${part}`;
  const chunk = { chunkId: `chunk-${part}`, ordinal: 0, text, start: 0, end: text.length };
  const document = {
    documentId: 'files/page#1',
    entity: 'page',
    entityId: '1',
    source: 'files',
    title: 'Page',
    attributes: {},
    revision: { fence: 1, sequence: part + 1, contentHash: hashId(part) },
    deleted: false,
    chunks: [{ ...chunk, vector: Float32Array.of(1, part + 1, 0.5, -1) }],
  };
  const [runId, deltaId] = [hashId('run'), hashId(['delta', part])];
  return { deltaId, collection: COLLECTION, runId, attempt: 1, part, model: MODEL, documents: [document] };
};

const makePlan = (deltas: number): Plan => {
  const planned = Array.from({ length: deltas }, (_, part): PlannedDelta => ({
    delta: deltaOf(part),
    indexPath: INDEX_PATH,
    attempts: 1,
    afterMs: 0,
  }));
  return { ...emptyPlan(COLLECTION), deltas: [planned] };
};

// As a producer and the registration leave it.
const deliver = async (services: Services, observer: Observer, { delta }: PlannedDelta): Promise<void> => {
  const { runId, attempt, part, collection, deltaId, documents } = delta;
  const objects = s3Objects({ client: services.s3.direct, bucket: BUCKET });
  const pointer = await objects.writeBytes('delta.v1', `embeddings/${deltaId}`, encodeDelta(delta));
  const index = { path: INDEX_PATH, modelId: MODEL.id, dims: MODEL.dims };
  const data = { runId, attempt, part, collection, deltaId, index, documents: 1, records: 1, delta: pointer };
  const origin = {
    producer: 'embed@0.1.0',
    nowMs: () => VirtualProcess.epochMs,
    newEventId: () => '01JD3Z5Q6V8X9Y0ZABCDEFGHJK',
    newTraceId: () => '0'.repeat(32),
  };
  const { detail } = makeEvent(
    deltaCreatedV1,
    { ...data, documents: documents.length },
    { correlationId: runId },
    origin,
  );
  const key = { pk: `inbox#${INDEX_PATH}`, sk: itemName(delta) };
  services.table.restore(key, { ...key, ...inboxItemOf(detail), state: 'PENDING' });
  observer.facts.states.set(itemName(delta), 'PENDING');
};

// What two compactors can take from each other. Objects named by their content are not among it.
const SHARED: Record<Depth, RegExp> = {
  commit: /HEAD$|^table:lease|^everything$/,
  inbox: /HEAD$|^table:|^everything$/,
};

// Calls that were sent may land whenever they like; everything else waits for its time.
const isDue = ({ touches, atMs }: Task, { nowMs }: Scheduler): boolean =>
  touches !== undefined || atMs <= nowMs;

interface SmallState {
  isOver: boolean;
  depth: Depth;
  seen: Map<string, Committed>;
}

interface SmallWorld {
  scheduler: Scheduler;
  services: Services;
  observer: Observer;
}

// Explored while it lasts: which write of HEAD goes wrong, and how. One does in each run, or none.
const explored = (explorer: Explorer, isOver: () => boolean): RunWeather => {
  let isSpent = false;
  const fateOf = (_process: VirtualProcess, { label }: RemoteCall<unknown>): Fate => {
    if (isOver() || isSpent || !label.startsWith('PUT') || !label.endsWith('/HEAD')) return FATES.well;
    const name = explorer.decide<FateName>(['well', 'lost', 'again', 'late', 'refused']);
    isSpent = name !== 'well';
    return FATES[name];
  };
  return {
    fateOf,
    isStormy: () => false,
    queueFaults: () => ({ lost: 0, duplicated: 0, late: 0 }),
    busRefuses: () => 0,
  };
};

const makeSmallWorld = (explorer: Explorer, plan: Plan, state: SmallState): SmallWorld => {
  const isShared = ({ touches = '' }: Task): boolean => SHARED[state.depth].test(touches);
  // What only one process can see happens at once; of the rest the explorer picks.
  const choose: Choose = (waiting) => {
    if (state.isOver) return earliest(waiting);
    const due = waiting.filter((task) => isDue(task, scheduler));
    const own = due.find((task) => !isShared(task));
    if (own !== undefined) return own;
    return explorer.next(due.filter(isShared));
  };
  const scheduler = new Scheduler(newTrace({ readable: true }), choose);
  const observer = new Observer(scheduler, newFacts(plan), state.seen);
  const services = makeServices({
    scheduler,
    random: seededRandom('small'),
    weather: explored(explorer, () => state.isOver),
    observer,
    isRead: () => false,
    arrived: () => undefined,
  });
  observer.watch(services.s3);
  return { scheduler, services, observer };
};

/** A compactor that answers one doorbell. */
interface Compactor {
  process: VirtualProcess;
  hasEnded: boolean;
}

const start = ({ services, scheduler }: SmallWorld, name: string): Compactor => {
  const process = new VirtualProcess(scheduler, name);
  const compactor = { process, hasEnded: false };
  const deps = compactorDeps(process, services);
  const index = { collection: COLLECTION, indexPath: INDEX_PATH };
  const ended = (): void => {
    compactor.hasEnded = true;
  };
  process.deliver(0, 'begins', () => process.invoke(() => settleIndex(deps, index), ended));
  return compactor;
};

// Compactor 1 stands still until its lease is over; whether its own clock saw the time pass is another matter.
const mayPause = ({ scheduler }: SmallWorld, { process }: Compactor, explorer: Explorer): void => {
  const run = (): void => {
    const stopsClock = explorer.decide(['its clock stops', 'its clock goes on']) === 'its clock stops';
    process.freeze({ untilMs: scheduler.nowMs + PAUSE_MS, stopsClock });
    scheduler.nowMs += PAUSE_MS;
  };
  scheduler.schedule(0, {
    actor: 'host',
    label: 'pauses compactor-1',
    touches: 'everything',
    isWrite: true,
    run,
  });
};

// Whatever happened, one compactor that nothing disturbs brings everything to its end.
const recover = async (world: SmallWorld): Promise<void> => {
  const { scheduler, observer } = world;
  scheduler.nowMs += 2 * PAUSE_MS;
  const compactor = start(world, 'compactor-3');
  while (!compactor.hasEnded && observer.violations.length === 0 && (await scheduler.step()))
    await observer.settle();
  if (observer.violations.length > 0) return;
  observer.judge(everythingSettles, quiescence(observer.facts, { held: [], deadLetters: [] }));
};

const interleave = async (world: SmallWorld, explorer: Explorer): Promise<void> => {
  const { scheduler, observer } = world;
  while (!explorer.isCutOff && observer.violations.length === 0) {
    if (!scheduler.waiting.some((task) => isDue(task, scheduler))) return;
    await scheduler.step();
    await observer.settle();
  }
};

/** One run of the small model: two compactors, one pause, one write of HEAD that goes wrong. */
export const runSmall = async (
  explorer: Explorer,
  { deltas, depth, seen = new Map<string, Committed>() }: SmallModel,
): Promise<SmallRun> => {
  const plan = makePlan(deltas);
  const state = { isOver: false, depth, seen };
  explorer.begin();
  const world = makeSmallWorld(explorer, plan, state);
  const { scheduler, services, observer } = world;
  for (const planned of plan.deltas.flat()) await deliver(services, observer, planned);
  const giveTimersBack = ownTimers(scheduler);
  try {
    mayPause(world, start(world, 'compactor-1'), explorer);
    start(world, 'compactor-2');
    await interleave(world, explorer);
    state.isOver = true;
    if (!explorer.isCutOff && observer.violations.length === 0) await recover(world);
  } finally {
    giveTimersBack();
  }
  const [violation] = observer.violations;
  return {
    steps: scheduler.steps,
    violation: violation && `${violation.invariant} is broken: ${violation.message}`,
    lines: scheduler.trace.lines,
  };
};
