import '../environment.ts';
import type { VirtualProcess } from '@alluvium/testkit/simulation';
import { indexLeaseKey, readHead, type PublishOptions } from '@alluvium/vector-store';
import type { Services } from '../services.ts';
import { compactorDeps } from './compactor-process.ts';

/** What a change of an index needs of whoever makes it. */
export type Writer = Pick<PublishOptions, 'store' | 'indexPath' | 'fence' | 'checkLease' | 'clock' | 'newId'>;

const TRIES = 5;
const PAUSE_MS = 15_000;

/** Does `work` under the lease of an index, as an operator's command does; not at all while somebody else keeps it. */
export const withIndexLease = async (
  process: VirtualProcess,
  services: Services,
  indexPath: string,
  work: (writer: Writer) => Promise<void>,
): Promise<void> => {
  const { leases, store, clock, runtime } = compactorDeps(process, services);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const pointerFence = (await readHead(store, indexPath))?.head.fence ?? 0;
    const acquisition = await leases.acquire(indexLeaseKey(indexPath), { pointerFence });
    if (acquisition.kind === 'held') {
      await process.sleep(PAUSE_MS);
      continue;
    }
    const { lease } = acquisition;
    const stop = lease.keepAlive();
    const newId = (): string => runtime.origin.newEventId();
    const writer = { store, indexPath, fence: lease.fence, checkLease: () => lease.check(), clock, newId };
    try {
      await work(writer);
    } finally {
      stop();
      // It ends by itself; a failure of the work must not be hidden by this one.
      await lease.release().catch(() => false);
    }
    return;
  }
};
