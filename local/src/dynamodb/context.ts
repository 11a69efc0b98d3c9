import type { Reply, Store } from 'dynalite/db/index.js';
import type { Clock } from '../common/clock.ts';
import type { SerialQueue } from './serial-queue.ts';

/** What every operation of one server shares. */
export interface DynamoDbContext {
  store: Store;
  clock: Clock;
  /** All writes, and reads that must not see half a transaction, go through here. */
  writers: SerialQueue;
}

/** Answers the JSON body of one API call; fails with an ApiError. */
export type Operation = (context: DynamoDbContext, body: Record<string, unknown>) => Promise<Reply>;
