import { setTimeout as sleep } from 'node:timers/promises';
import { readHead, type Head } from '@alluvium/vector-store';
import type { World } from './world.ts';

const LOOK_EVERY_MS = 250;

/** Looks at every HEAD all the time, as queries do. */
export interface Reader {
  /** What went backwards or changed under its version, in words. */
  problems: string[];
  stop(): Promise<void>;
}

type Seen = Pick<Head, 'version' | 'fence' | 'manifestKey'>;

/** What cannot have come after what, in words; undefined when all is well. */
export const faultBetween = (before: Seen, after: Seen): string | undefined => {
  if (after.version < before.version) return `version ${after.version} follows ${before.version}`;
  if (after.fence < before.fence) return `fence ${after.fence} follows ${before.fence}`;
  if (after.version === before.version && after.manifestKey !== before.manifestKey)
    return `version ${after.version} is ${before.manifestKey ?? 'nothing'}, then ${after.manifestKey ?? 'nothing'}`;
  return undefined;
};

/** Reads until it is stopped; while the stack is away it sees nothing. */
export const startReader = (world: World, indexPaths: readonly string[]): Reader => {
  const problems: string[] = [];
  const seen = new Map<string, Seen>();
  let isStopped = false;
  const look = async (indexPath: string): Promise<void> => {
    const head = (await readHead(world.store, indexPath))?.head;
    const before = seen.get(indexPath);
    if (head === undefined) {
      if (before !== undefined) problems.push(`${indexPath}: HEAD is gone after version ${before.version}`);
      return;
    }
    const fault = before && faultBetween(before, head);
    if (fault !== undefined) problems.push(`${indexPath}: ${fault}`);
    seen.set(indexPath, head);
  };
  const work = async (): Promise<void> => {
    while (!isStopped) {
      for (const indexPath of indexPaths) await look(indexPath).catch(() => undefined);
      await sleep(LOOK_EVERY_MS);
    }
  };
  const done = work();
  return {
    problems,
    stop: () => {
      isStopped = true;
      return done;
    },
  };
};
