import '../environment.ts';
import { hasCode } from '@alluvium/contracts';
import { VirtualProcess, type Random } from '@alluvium/testkit/simulation';
import { openSnapshot, searchWithTail, type TailTarget } from '@alluvium/vector-store';
import { openIndex } from '../../../services/query/src/open-index.ts';
import type { QueryDeps } from '../../../services/query/src/ports.ts';
import type { IndexFacts } from '../facts.ts';
import type { Observer } from '../observer.ts';
import { MODEL } from '../plan.ts';
import type { Services } from '../services.ts';
import { queryDeps } from './query-process.ts';

const MOST_PAUSE_MS = 900_000;
/** Where versions come and go there is more to be seen. */
const SHORT_PAUSE_MS = 300_000;
/** More than there ever is: a search must find everything. */
const EVERYTHING = 1_000;

interface Reader {
  name: string;
  deps: QueryDeps;
  observer: Observer;
  index: IndexFacts;
  random: Random;
  /** Greatest version that it has seen. */
  version: number;
}

const findAll = async ({ deps, random }: Reader, target: Pick<TailTarget, 'snapshot' | 'deltas'>) => {
  const vector = Float32Array.from({ length: MODEL.dims }, () => random.next() - 0.5);
  const query = { vector, k: EVERYTHING, mode: 'dense' } as const;
  const { hits } = await searchWithTail({ ...target, dims: MODEL.dims, clock: deps.clock }, query);
  return hits.map(({ chunkId }) => chunkId).sort();
};

// As a warm query function does it: the tail is listed, HEAD read, the one is searched with the other.
const look = async (reader: Reader): Promise<void> => {
  const { deps, observer, index, name } = reader;
  const announced = [...(observer.facts.announced.get(index.indexPath) ?? [])];
  const versionBefore = reader.version;
  const wanted = {
    index: { path: index.indexPath, modelId: MODEL.id, dims: MODEL.dims },
    consistency: observer.facts.plan.tail === undefined ? 'snapshot' : 'tail',
  } as const;
  const { snapshot, tail } = await openIndex(deps, deps.store, wanted);
  const isEmpty = snapshot === undefined && tail.deltas.length === 0;
  const found = isEmpty ? [] : await findAll(reader, { snapshot, deltas: tail.deltas });
  const version = snapshot?.version ?? 0;
  reader.version = version;
  observer.looked({ reader: name, version, versionBefore, found, announced, tail }, index);
};

const lookBack = async (reader: Reader): Promise<void> => {
  const { deps, observer, index, random } = reader;
  const known = [...index.versions.keys()].slice(-5);
  if (known.length === 0) return;
  const asOf = random.pick(known);
  const expected = index.versions.get(asOf)?.chunkIds ?? [];
  const isRetained = (): boolean => observer.retained(index).includes(asOf);
  const wasRetained = isRetained();
  try {
    const snapshot = await openSnapshot(deps.store, index.indexPath, { clock: deps.clock, asOf });
    const found = await findAll(reader, { snapshot, deltas: [] });
    observer.lookedBack({ asOf, found, expected, isRetained: true });
  } catch (error) {
    const code = ['VERSION_EXPIRED', 'VERSION_UNKNOWN', 'OBJECT_MISSING'].find((one) => hasCode(error, one));
    if (code === undefined) throw error;
    const look = { asOf, found: undefined, refusal: code, expected };
    observer.lookedBack({ ...look, isRetained: wasRetained && isRetained() });
  }
};

/** Looks at an index now and then, as a warm query function does, until the storm is over. */
export const startReader = (
  services: Services,
  observer: Observer,
  { name, index }: { name: string; index: IndexFacts },
): void => {
  const random = services.random.fork(name);
  const process = new VirtualProcess(services.scheduler, name);
  const { plan } = observer.facts;
  const deps = queryDeps(process, services, plan.tail ?? 1);
  const reader: Reader = { name, deps, observer, index, random, version: 0 };
  const hasPast = plan.historyEveryMs !== undefined || plan.garbage.everyMs !== undefined;
  const next = (): void => {
    if (!services.weather.isStormy()) return;
    const work = hasPast && random.chance(0.3) ? lookBack : look;
    process.deliver(random.between(1_000, hasPast ? SHORT_PAUSE_MS : MOST_PAUSE_MS), 'looks', () =>
      process.invoke(() => work(reader), next),
    );
  };
  next();
};

/** One look by somebody new, when nothing goes wrong any more. Errors: those of the search. */
export const lookOnce = (
  process: VirtualProcess,
  { services, observer }: { services: Services; observer: Observer },
  index: IndexFacts,
): Promise<void> => {
  const { name } = process;
  const deps = queryDeps(process, services, EVERYTHING);
  return look({ name, deps, observer, index, random: services.random.fork(name), version: 0 });
};
