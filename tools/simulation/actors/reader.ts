import '../environment.ts';
import { VirtualProcess, type Random } from '@alluvium/testkit/simulation';
import { openSnapshot, s3ObjectStore, type Snapshot } from '@alluvium/vector-store';
import { BUCKET } from '../environment.ts';
import type { Observer } from '../observer.ts';
import { MODEL } from '../plan.ts';
import type { Services } from '../services.ts';

const MOST_PAUSE_MS = 900_000;
/** More than there ever is: a search must find everything. */
const EVERYTHING = 1_000;

/** Looks at an index now and then, as a warm query function does, until the storm is over. */
export const startReader = (
  services: Services,
  observer: Observer,
  { name, indexPath }: { name: string; indexPath: string },
): void => {
  const random: Random = services.random.fork(name);
  const process = new VirtualProcess(services.scheduler, name);
  const store = s3ObjectStore({ client: services.s3.clientOf(process, services.weather), bucket: BUCKET });
  let previous: Snapshot | undefined;
  const look = async (): Promise<void> => {
    const snapshot = await openSnapshot(store, indexPath, {
      clock: process.clock,
      ...(previous !== undefined && { previous }),
    });
    if (snapshot === undefined) return;
    const vector = Float32Array.from({ length: MODEL.dims }, () => random.next() - 0.5);
    const { hits } = await snapshot.search({ vector, k: EVERYTHING, mode: 'dense' });
    const found = hits.map(({ chunkId }) => chunkId).sort();
    observer.looked({
      reader: name,
      indexPath,
      version: snapshot.version,
      versionBefore: previous?.version ?? 0,
      found,
    });
    previous = snapshot;
  };
  const next = (): void => {
    if (!services.weather.isStormy()) return;
    process.deliver(random.between(1_000, MOST_PAUSE_MS), 'looks', () => process.invoke(look, next));
  };
  next();
};
