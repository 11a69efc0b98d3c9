import type { Clock } from '../common/clock.ts';
import type { Store } from '../common/store.ts';
import { rowsWithPrefix } from './catalog.ts';
import { sendsToEventBridge, type S3Notification } from './notifications.ts';
import { put, type BucketRecord, type StoreOperation } from './records.ts';

const PREFIX = 'outbox\0';
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 30_000;

export type OnEvent = (event: S3Notification) => Promise<void>;

/**
 * Events wait in the store from the batch that makes them true until the receiver has taken them: a crash repeats an
 * event, it never loses one. As on AWS there is no order between events.
 */
export class Outbox {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #onEvent: OnEvent | undefined;
  readonly #underWay = new Set<Promise<void>>();
  readonly #retries = new Map<string, () => void>();
  #closed = false;

  constructor(store: Store, clock: Clock, onEvent: OnEvent | undefined) {
    this.#store = store;
    this.#clock = clock;
    this.#onEvent = onEvent;
  }

  /** What the batch of a change has to carry; nothing when nobody listens or the bucket does not tell. */
  record(
    { bucket, sequence }: { bucket: BucketRecord; sequence: number },
    makeEvent: () => S3Notification,
  ): StoreOperation[] {
    if (this.#onEvent === undefined || !sendsToEventBridge(bucket)) return [];
    return [put(PREFIX + String(sequence).padStart(16, '0'), makeEvent())];
  }

  /** Starts delivery of what was recorded; call after the batch. */
  dispatch(recorded: readonly StoreOperation[]): void {
    for (const operation of recorded)
      if (operation.type === 'put')
        this.#start(operation.key, operation.value as S3Notification, FIRST_RETRY_MS);
  }

  /** Delivers what an earlier process left. */
  async resume(): Promise<void> {
    if (this.#onEvent === undefined) return;
    for await (const [key, value] of this.#store.iterator<Buffer, unknown>(rowsWithPrefix(PREFIX)))
      this.#start(key.toString(), value as S3Notification, FIRST_RETRY_MS);
  }

  /** Waits for deliveries under way; what is still to be repeated stays for the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#retries.values()) cancel();
    await Promise.all(this.#underWay);
  }

  #start(key: string, event: S3Notification, retryMs: number): void {
    this.#retries.delete(key);
    if (this.#closed) return;
    const delivery = this.#deliver(key, event).catch(() => {
      const again = () => {
        this.#start(key, event, Math.min(retryMs * 2, LAST_RETRY_MS));
      };
      if (!this.#closed) this.#retries.set(key, this.#clock.after(retryMs, again));
    });
    this.#underWay.add(delivery);
    void delivery.finally(() => this.#underWay.delete(delivery));
  }

  async #deliver(key: string, event: S3Notification): Promise<void> {
    await this.#onEvent?.(event);
    await this.#store.del(key);
  }
}
