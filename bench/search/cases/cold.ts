import { coldAnswer } from '../alluvium.ts';
import { BUCKETS } from '../alluvium-process.ts';
import type { ColdJob, ColdResult, ColdSystem } from '../cold-client.ts';
import { DATA_FOLDER } from '../data/files.ts';
import { recallOf, TRUTH_K } from '../data/ground-truth.ts';
import { openSet, type SetName } from '../data.ts';
import { announce, noteOf, type Section } from '../sections.ts';
import type { Traffic } from '../server/request-log.ts';
import { S3_LIKE, startServer, type RangeServer } from '../server/start-server.ts';
import { PENDING_DELTAS, SEARCHED_DELTAS, writePendingDeltas } from '../pending-deltas.ts';
import { folderObjectStore } from '../server/folder-store.ts';
import { runChild } from '../support/child.ts';
import { quantile, queriesOf } from '../support/measure.ts';
import { rounded, type Row } from '../../support/report.ts';
import { coldBars, type ColdCase, type ColdMeasured } from './cold-bars.ts';
import { buildPeer } from './peers.ts';

const PENDING_SET: SetName = 'clustered-100k';
const PROCESS = new URL('../cold-process.ts', import.meta.url);

/** Fresh processes a system: ours first. */
const PROCESSES = { alluvium: 20, others: 5, quick: 8 };

interface Answer extends ColdResult, Traffic {
  query: number;
}

const askOnce = async (
  server: RangeServer,
  { system, set, mode }: ColdCase,
  query: number,
): Promise<Answer> => {
  await server.traffic();
  const job: ColdJob = { system, set, mode, query, endpoint: server.endpoint };
  const result = (await runChild(PROCESS, job, { threads: 'all', timeoutMs: 60_000 })) as ColdResult;
  if (result.textChars === 0) throw new Error('error: the answer has no passages');
  return { ...result, ...(await server.traffic()), query };
};

/** Recall of every query of a set, each with nothing in memory: a few processes would tell it to no more than a few hundredths. */
const coldRecall = async (set: SetName): Promise<number> => {
  const data = openSet(set);
  const store = folderObjectStore(BUCKETS, set);
  const answers: number[][] = [];
  for (const vector of queriesOf(data)) {
    const { ids } = await coldAnswer(store, { vector, k: TRUTH_K });
    answers.push(ids);
  }
  return recallOf(answers, data.truth);
};

const measure = async (server: RangeServer, which: ColdCase, processes: number): Promise<ColdMeasured> => {
  const { queryTexts, truth } = openSet(which.set);
  const answers: Answer[] = [];
  for (let index = 0; index < processes; index += 1)
    answers.push(await askOnce(server, which, Math.floor((index * queryTexts.length) / processes)));
  const median = (of: (answer: Answer) => number): number => quantile(answers.map(of), 0.5);
  const expected = Int32Array.from(
    answers.flatMap(({ query }) => [...truth.subarray(query * TRUTH_K, (query + 1) * TRUTH_K)]),
  );
  return {
    ...which,
    recall:
      which.system === 'alluvium' && which.mode === 'dense'
        ? await coldRecall(which.set)
        : recallOf(
            answers.map(({ ids }) => ids),
            expected,
          ),
    answerMs: median(({ answerMs }) => answerMs),
    mostMs: quantile(
      answers.map(({ answerMs }) => answerMs),
      1,
    ),
    requests: median(({ requests }) => requests),
    bytes: median(({ bytes }) => bytes),
    connections: median(({ connections }) => connections),
    roundTrips: median(({ roundTrips }) => roundTrips),
    mostRoundTrips: quantile(
      answers.map(({ roundTrips }) => roundTrips),
      1,
    ),
  };
};

const rowOf = (measured: ColdMeasured): Row => ({
  case:
    measured.mode === 'pending'
      ? `cold dense ${measured.set}, ${String(PENDING_DELTAS)} deltas pending, ${String(SEARCHED_DELTAS)} searched`
      : `cold ${measured.mode} ${measured.set}`,
  system: measured.system,
  // A hybrid answer is not meant to be the nearest rows.
  recall: measured.mode === 'dense' ? rounded(measured.recall) : '-',
  p50Ms: rounded(measured.answerMs),
  mostMs: rounded(measured.mostMs),
  roundTrips: measured.roundTrips,
  mostRoundTrips: measured.mostRoundTrips,
  requests: measured.requests,
  connections: measured.connections,
  megabytes: rounded(measured.bytes / 1e6),
});

const systemsFor = (set: SetName): ColdSystem[] => {
  // A graph of a million vectors takes LanceDB half an hour to build.
  if (set === 'clustered-1m') return ['alluvium', 'lancedb-ivf-rq'];
  // Where it finds 95 % of real neighbours, IVF_RQ asks 1,800 times and answers after 14 s.
  if (set === 'real-100k') return ['alluvium', 'lancedb-hnsw-sq'];
  return ['alluvium', 'lancedb-hnsw-sq', 'lancedb-ivf-rq'];
};

const casesOf = (sets: readonly SetName[], quick: boolean): ColdCase[] =>
  sets.flatMap((set) =>
    systemsFor(set)
      .filter((system) => !quick || system === 'alluvium')
      .flatMap((system) => (['dense', 'hybrid'] as const).map((mode) => ({ system, set, mode }))),
  );

/** A fresh process answers one question from a store 25 ms away: from its first request to the passages of the ten hits. */
export const coldSection = async (all: readonly SetName[], quick: boolean): Promise<Section> => {
  const sets = all.filter((name) => name !== 'uniform-100k');
  const servers = {
    alluvium: await startServer(BUCKETS, S3_LIKE),
    others: await startServer(`${DATA_FOLDER}peers/`, S3_LIKE),
  };
  const rows: Row[] = [];
  const measured: ColdMeasured[] = [];
  const pending: ColdCase = { system: 'alluvium', set: PENDING_SET, mode: 'pending' };
  if (sets.includes(PENDING_SET))
    await writePendingDeltas(openSet(PENDING_SET), folderObjectStore(BUCKETS, PENDING_SET));
  for (const which of [...casesOf(sets, quick), ...(sets.includes(PENDING_SET) ? [pending] : [])]) {
    const { system, set, mode } = which;
    announce(`${system} on ${set}, cold, ${mode}`);
    const kind = system === 'alluvium' ? 'alluvium' : 'others';
    try {
      if (system !== 'alluvium') await buildPeer(system, set);
      measured.push(await measure(servers[kind], which, quick ? PROCESSES.quick : PROCESSES[kind]));
      rows.push(rowOf(measured.at(-1) as ColdMeasured));
    } catch (error) {
      rows.push({ case: `cold ${mode} ${set}`, system, note: `left out: ${noteOf(error)}` });
    }
  }
  await Promise.all([servers.alluvium.stop(), servers.others.stop()]);
  return { rows, bars: coldBars(sets, measured) };
};
