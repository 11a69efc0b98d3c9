import './support/service-environment.ts';
import { mergeCompletedV1, mergeRequestedV1, type OutgoingEvent } from '@alluvium/contracts';
import { delivered, sqsEvent, testContext } from '@alluvium/testkit';
import { readHead, verifySnapshot } from '@alluvium/vector-store';
import { makeHandler as onMergeCompleted } from '../services/compactor/src/handlers/on-merge-completed.ts';
import { makeHandler as onMergeRequested } from '../services/compactor/src/handlers/on-merge-requested.ts';
import type { CompactorDeps } from '../services/compactor/src/ports.ts';
import { settleIndex } from '../services/compactor/src/settle-index.ts';
import {
  Backlog,
  CASE,
  INDEX_PATH,
  makeDeltas,
  NO_NETWORK,
  S3_NETWORK,
  type Network,
} from './support/backlog-world.ts';
import { atLeast, atMost, machine, rounded, type Report, type Row } from './support/report.ts';

const INDEX = { collection: 'docs', indexPath: INDEX_PATH };
/** As in serverless.yml. */
const WORKERS = 20;
/** From PutEvents by rule and queue to a function that is warm. */
const HOP_MS = 300;

interface Outcome {
  /** From the first doorbell to the commit, with all workers side by side. */
  totalMs: number;
  /** Under the lease. */
  publishMs: number;
  publishProcessorMs: number;
  publishRequests: number;
  requests: number;
  megabytes: number;
  setHash: string;
}

/** Seconds of processor, which do not grow when others use the machine. */
const processorMs = async (task: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const timed = async (task: () => Promise<unknown>): Promise<number> => {
  const startedMs = performance.now();
  await task();
  return performance.now() - startedMs;
};

/** When the last of some tasks ends, if each goes to the worker that is free first. */
const makespan = (durations: readonly number[]): number => {
  const free = new Array<number>(WORKERS).fill(0);
  for (const duration of durations) {
    const next = free.indexOf(Math.min(...free));
    free[next] = (free[next] ?? 0) + duration;
  }
  return Math.max(...free);
};

const outcomeOf = async (
  backlog: Backlog,
  { mergedMs, deps }: { mergedMs: number; deps: CompactorDeps },
): Promise<Outcome> => {
  const before = backlog.traffic.requests;
  let publishProcessorMs = 0;
  const publishMs = await timed(async () => {
    publishProcessorMs = await processorMs(() => settleIndex(deps, INDEX));
  });
  const { requests, megabytes } = backlog.traffic;
  const head = (await readHead(backlog.world.store, INDEX_PATH))?.head;
  const report = await verifySnapshot(backlog.world.store, INDEX_PATH);
  if (head?.counts.chunks !== CASE.vectors || report?.problems.length !== 0)
    throw new Error(`The snapshot is not what it should be: ${JSON.stringify([head?.counts, report])}`);
  const publishRequests = requests - before;
  const totalMs = mergedMs + publishMs;
  return {
    ...{ totalMs, publishMs, publishProcessorMs, publishRequests, requests, megabytes },
    setHash: head.setHash,
  };
};

const publishPlainly = (backlog: Backlog): Promise<Outcome> =>
  outcomeOf(backlog, { mergedMs: 0, deps: backlog.deps(Infinity) });

// Workers are one after the other here, and side by side in the sum: each is a machine of its own.
const publishMerged = async (backlog: Backlog): Promise<Outcome> => {
  const deps = backlog.deps(100);
  const [merge, advance] = [onMergeRequested(deps), onMergeCompleted(deps)];
  const give = async (handler: typeof merge, event: OutgoingEvent): Promise<void> => {
    const { batchItemFailures } = await handler(sqsEvent([delivered(event)]), testContext());
    if (batchItemFailures.length > 0) throw new Error(`${event.detailType} failed`);
  };
  let mergedMs = await timed(() => settleIndex(deps, INDEX));
  for (;;) {
    const requested = backlog.newEvents(mergeRequestedV1.name);
    if (requested.length === 0) break;
    const durations: number[] = [];
    for (const event of requested) durations.push(await timed(() => give(merge, event)));
    mergedMs += HOP_MS + makespan(durations);
    for (const event of backlog.newEvents(mergeCompletedV1.name))
      mergedMs += (await timed(() => give(advance, event))) / requested.length;
    mergedMs += HOP_MS;
  }
  return outcomeOf(backlog, { mergedMs, deps });
};

const seconds = (ms: number): number => rounded(ms / 1000);

const rowOf = (name: string, system: string, outcome: Outcome): Row => ({
  case: name,
  system,
  totalS: seconds(outcome.totalMs),
  underLeaseS: seconds(outcome.publishMs),
  processorUnderLeaseS: seconds(outcome.publishProcessorMs),
  requestsUnderLease: outcome.publishRequests,
  requests: outcome.requests,
  megabytes: rounded(outcome.megabytes),
});

/** A backlog of 465 deltas to one verified snapshot: by one publish, and by merges outside the lease. */
export const run = async (): Promise<Report> => {
  const deltas = makeDeltas();
  const measure = async (network: Network, publish: (backlog: Backlog) => Promise<Outcome>) => {
    const backlog = new Backlog(network);
    await backlog.fill(deltas);
    return publish(backlog);
  };
  const name = `${String(CASE.deltas)} deltas, ${String(CASE.vectors)} x ${String(CASE.dims)}`;
  // Once before it counts: the engine compiles what is hot.
  await measure(NO_NETWORK, publishPlainly);
  const work = await measure(NO_NETWORK, publishPlainly);
  const mergedWork = await measure(NO_NETWORK, publishMerged);
  const plain = await measure(S3_NETWORK, publishPlainly);
  const merged = await measure(S3_NETWORK, publishMerged);
  const rows = [
    rowOf(`${name}, no network`, 'one publish', work),
    rowOf(`${name}, no network`, 'merges, then a publish', mergedWork),
    rowOf(`${name}, S3 at 25 ms and 85 MB/s`, 'one publish', plain),
    rowOf(`${name}, S3 at 25 ms and 85 MB/s`, 'merges, then a publish', merged),
  ];
  const sameContent = [mergedWork, plain, merged].every(({ setHash }) => setHash === work.setHash);
  const bars = [
    atMost('snapshots that differ', sameContent ? 0 : 1, 0),
    atLeast(
      'processor under the lease: one publish / merges',
      rounded(work.publishProcessorMs / mergedWork.publishProcessorMs),
      2,
    ),
    atLeast(
      'requests under the lease: one publish / merges',
      rounded(plain.publishRequests / merged.publishRequests),
      20,
    ),
  ];
  return { name: 'backlog', machine: machine(), rows, bars };
};
