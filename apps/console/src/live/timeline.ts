import { correlationOf, detailOf, eventIdOf, nounOf, serviceOf } from './envelope.ts';
import type { EventEntry, InvocationEntry } from './journal-entry.ts';
import { STAGES, type Stage } from './stages.ts';

/** One stage of one part: how long it waited, how long it was worked on. */
export interface Bar {
  stage: Stage;
  part: number;
  /** When the event that asked for it was accepted. */
  queuedAtMs: number;
  /** When a function took it up; absent while it waits. */
  beganAtMs?: number;
  /** When the event that tells of its end was accepted; absent before. */
  endedAtMs?: number;
  isFailed: boolean;
  /** Calls after the first one. */
  retries: number;
  cause: EventEntry;
  effect?: EventEntry;
  requestIds: string[];
}

/** A run as it went. */
export interface Timeline {
  startMs: number;
  endMs: number;
  bars: Bar[];
  /** Of the run, oldest first. */
  events: EventEntry[];
  /** run.completed, when it is over. */
  completed?: EventEntry;
}

interface Step {
  stage: Stage;
  cause: string;
  effects: string[];
}

const STEPS: readonly Step[] = [
  { stage: 'derive', cause: 'documents.fetched', effects: ['documents.derived'] },
  { stage: 'chunk', cause: 'documents.derived', effects: ['chunks.created'] },
  { stage: 'embed', cause: 'chunks.created', effects: ['delta.created'] },
  { stage: 'settle', cause: 'delta.created', effects: ['delta.rejected'] },
];

const partOf = (entry: EventEntry): number => detailOf(entry).data?.part ?? 0;
const dataOf = (entry: EventEntry): NonNullable<ReturnType<typeof detailOf>['data']> =>
  detailOf(entry).data ?? {};

interface Known {
  events: EventEntry[];
  published: EventEntry[];
  callsOf: (entry: EventEntry, service: string) => InvocationEntry[];
  calls: InvocationEntry[];
}

const firstOf = (events: EventEntry[], nouns: string[], part: number): EventEntry | undefined =>
  events.find((entry) => nouns.includes(nounOf(entry)) && partOf(entry) === part);

const failureOf = ({ events }: Known, { stage, cause }: { stage: Stage; cause: EventEntry }) => {
  const { service } = STAGES.find((info) => info.stage === stage) ?? { service: '' };
  return events.find(
    (entry) =>
      nounOf(entry) === 'part.failed' &&
      partOf(entry) === partOf(cause) &&
      entry.seq > cause.seq &&
      [stage, service].includes(dataOf(entry).stage ?? ''),
  );
};

// A published snapshot names its parts behind a pointer: the first one of the collection after the delta is taken for it.
const publishedAfter = ({ published }: Known, cause: EventEntry): EventEntry | undefined =>
  published.find((entry) => entry.atMs > cause.atMs && dataOf(entry).collection === dataOf(cause).collection);

const settlingCalls = (calls: InvocationEntry[], { atMs }: EventEntry): InvocationEntry[] =>
  calls.filter(
    ({ functionName, beganAtMs, endedAtMs }) =>
      serviceOf(functionName) === 'compactor' &&
      beganAtMs <= atMs &&
      (endedAtMs ?? Infinity) >= atMs &&
      !/DeltaCreated/.test(functionName),
  );

const effectOf = (known: Known, { stage, effects }: Step, cause: EventEntry): EventEntry | undefined =>
  firstOf(known.events, effects, partOf(cause)) ??
  (stage === 'settle' ? publishedAfter(known, cause) : undefined) ??
  failureOf(known, { stage, cause });

const barOf = (known: Known, step: Step, cause: EventEntry): Bar => {
  const { stage } = step;
  const service = STAGES.find((info) => info.stage === stage)?.service ?? '';
  const effect = effectOf(known, step, cause);
  const calls =
    stage === 'settle' && effect !== undefined
      ? settlingCalls(known.calls, effect)
      : known.callsOf(cause, service);
  const began = calls.map(({ beganAtMs }) => beganAtMs);
  return {
    ...{ stage, part: partOf(cause), cause, queuedAtMs: cause.atMs },
    ...(began.length > 0 && { beganAtMs: Math.max(cause.atMs, Math.min(...began)) }),
    ...(effect && { effect, endedAtMs: effect.atMs }),
    isFailed: effect !== undefined && /^(part\.failed|delta\.rejected)$/.test(nounOf(effect)),
    retries: stage === 'settle' ? 0 : Math.max(0, calls.length - 1),
    requestIds: calls.map(({ requestId }) => requestId),
  };
};

// Nothing asks for a part to be fetched: it is one after the other, from what began the crawl.
const fetchBars = (known: Known): Bar[] => {
  const fetched = known.events.filter((entry) => nounOf(entry) === 'documents.fetched');
  const [first] = known.events;
  let before = first;
  return fetched.flatMap((effect): Bar[] => {
    const causationId = detailOf(effect).metadata?.causationId;
    const cause = known.events.find((entry) => eventIdOf(entry) === causationId) ?? before;
    if (cause === undefined) return [];
    const calls = known.callsOf(cause, 'ingest');
    const began = Math.max(before?.atMs ?? 0, Math.min(...calls.map(({ beganAtMs }) => beganAtMs)));
    const queuedAtMs = Math.max(cause.atMs, before?.atMs ?? 0);
    before = effect;
    return [
      {
        ...{ stage: 'fetch', part: partOf(effect), cause, effect, queuedAtMs },
        ...(Number.isFinite(began) && { beganAtMs: began }),
        endedAtMs: effect.atMs,
        isFailed: false,
        retries: Math.max(0, calls.length - 1),
        requestIds: calls.map(({ requestId }) => requestId),
      },
    ];
  });
};

// A part without changes ends where it is derived.
const wantsMore = (entry: EventEntry): boolean =>
  nounOf(entry) !== 'documents.derived' || dataOf(entry)['records'] !== 0;

const firstOfEachPart = (events: EventEntry[], noun: string): EventEntry[] => {
  const byPart = new Map<number, EventEntry>();
  for (const entry of events)
    if (nounOf(entry) === noun && wantsMore(entry) && !byPart.has(partOf(entry)))
      byPart.set(partOf(entry), entry);
  return [...byPart.values()];
};

const newestAttempt = (events: EventEntry[]): EventEntry[] => {
  const attempts = events.map((entry) => dataOf(entry).attempt ?? 1);
  const newest = Math.max(1, ...attempts);
  return events.filter((entry) => (dataOf(entry).attempt ?? newest) === newest);
};

const indexCalls = (calls: readonly InvocationEntry[]): Known['callsOf'] => {
  const byEvent = new Map<string, InvocationEntry[]>();
  for (const invocation of calls)
    for (const id of invocation.eventIds) byEvent.set(id, [...(byEvent.get(id) ?? []), invocation]);
  return (entry, service) =>
    (byEvent.get(eventIdOf(entry)) ?? []).filter(({ functionName }) => serviceOf(functionName) === service);
};

/** The newest attempt of a run; undefined when nothing is known of it. */
export const timelineOf = (
  runId: string,
  journal: readonly EventEntry[],
  calls: readonly InvocationEntry[],
): Timeline | undefined => {
  const ofRun = journal.filter(
    (entry) => correlationOf(entry) === runId && nounOf(entry) !== 'snapshot.published',
  );
  const events = newestAttempt(ofRun);
  const [first] = events;
  if (first === undefined) return undefined;
  const published = journal.filter((entry) => nounOf(entry) === 'snapshot.published');
  const known: Known = { events, published, calls: [...calls], callsOf: indexCalls(calls) };
  const bars = STEPS.flatMap((step) =>
    firstOfEachPart(events, step.cause).map((cause) => barOf(known, step, cause)),
  );
  const completed = events.find((entry) => nounOf(entry) === 'run.completed');
  const settled = bars.flatMap(({ endedAtMs }) => (endedAtMs === undefined ? [] : [endedAtMs]));
  return {
    startMs: first.atMs,
    endMs: Math.max(events.at(-1)?.atMs ?? 0, ...settled),
    bars: [...fetchBars(known), ...bars],
    events,
    ...(completed && { completed }),
  };
};
