import type { Clock } from '../common/clock.ts';
import type { Store } from '../common/store.ts';
import type { Message, MessageContent, MessageState } from './message.ts';
import {
  checkAttributes,
  checkQueueName,
  differingAttribute,
  withDefaults,
  type QueueAttributes,
} from './queue-attributes.ts';
import { Queue, type QueueRecord } from './queue.ts';
import { queueDoesNotExist, queueNameExists } from './sqs-errors.ts';

/** The answer to a deduplicated send, remembered for five minutes. */
export interface Deduplication {
  untilMs: number;
  messageId: string;
  sequence: string;
}

export type Change = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };

export interface BrokerOptions {
  store: Store;
  clock: Clock;
  region: string;
  accountId: string;
}

const SEPARATOR = '\0';
const key = (...parts: string[]): string => parts.join(SEPARATOR);
/** All keys that begin with these parts. */
const range = (...parts: string[]) => ({ gt: key(...parts, ''), lt: `${key(...parts)}\u0001` });

const contentKey = (queue: Queue, { content }: Message) => key('body', queue.name, content.sequence);
const stateKey = (queue: Queue, { content }: Message) => key('state', queue.name, content.sequence);

/** The changes that store a new message. */
export const putMessage = (queue: Queue, message: Message): Change[] => [
  { type: 'put', key: contentKey(queue, message), value: message.content },
  putState(queue, message),
];

export const putState = (queue: Queue, message: Message): Change => ({
  type: 'put',
  key: stateKey(queue, message),
  value: { ...message.state },
});

export const deleteMessage = (queue: Queue, message: Message): Change[] => [
  { type: 'del', key: contentKey(queue, message) },
  { type: 'del', key: stateKey(queue, message) },
];

export const putDeduplication = (queue: Queue, id: string, value: Deduplication): Change => ({
  type: 'put',
  key: key('dedup', queue.name, id),
  value,
});

/** All queues and their store. A change is acknowledged only after `commit` has resolved. */
export class QueueBroker {
  readonly clock: Clock;
  isClosed = false;
  private readonly options: BrokerOptions;
  private readonly queues = new Map<string, Queue>();
  private readonly deduplications = new Map<string, Map<string, Deduplication>>();
  private lastSequence: bigint;

  private constructor(options: BrokerOptions) {
    this.options = options;
    this.clock = options.clock;
    // begins with the time, so that sequence numbers rise over restarts too
    this.lastSequence = BigInt(options.clock.nowMs()) * 1_000_000n;
  }

  /** Reads what the store holds. */
  static async open(options: BrokerOptions): Promise<QueueBroker> {
    const broker = new QueueBroker(options);
    for await (const record of options.store.values(range('queue'))) broker.register(record as QueueRecord);
    for (const queue of broker.queues.values()) await broker.load(queue);
    return broker;
  }

  get accountId(): string {
    return this.options.accountId;
  }

  get region(): string {
    return this.options.region;
  }

  arnOf(name: string): string {
    return `arn:aws:sqs:${this.options.region}:${this.options.accountId}:${name}`;
  }

  list(): Queue[] {
    return [...this.queues.values()];
  }

  /** The queue an ARN, a URL or a bare name ends with; throws QUEUE_DOES_NOT_EXIST. */
  get(arnOrUrl: string): Queue {
    const queue = this.find(arnOrUrl);
    if (queue === undefined) throw queueDoesNotExist();
    return queue;
  }

  find(arnOrUrl: string): Queue | undefined {
    return this.queues.get(arnOrUrl.replace(/^.*[:/]/, ''));
  }

  /** Creates the queue, or returns the one of that name when no attribute asked for differs. */
  async create(name: string, attributes: QueueAttributes, tags: Record<string, string> = {}): Promise<Queue> {
    checkQueueName(name, attributes);
    const exists = (arn: string) => this.find(arn) !== undefined;
    checkAttributes(attributes, name.endsWith('.fifo'), exists);
    const present = this.queues.get(name);
    if (present !== undefined) {
      const differing = differingAttribute(present.record.attributes, attributes);
      if (differing !== undefined) throw queueNameExists(differing);
      return present;
    }
    const nowMs = this.clock.nowMs();
    const record = {
      name,
      attributes: withDefaults(attributes),
      tags,
      createdAtMs: nowMs,
      modifiedAtMs: nowMs,
    };
    const queue = this.register(record);
    await this.saveRecord(queue);
    return queue;
  }

  async delete(queue: Queue): Promise<void> {
    this.queues.delete(queue.name);
    this.deduplications.delete(queue.name);
    await this.options.store.del(key('queue', queue.name));
    await this.clear(queue);
    await this.options.store.clear(range('dedup', queue.name));
    queue.wake();
  }

  /** Drops every message. */
  async clear(queue: Queue): Promise<void> {
    queue.clear();
    await this.options.store.clear(range('body', queue.name));
    await this.options.store.clear(range('state', queue.name));
  }

  async saveRecord(queue: Queue): Promise<void> {
    await this.options.store.put(key('queue', queue.name), queue.record);
  }

  async commit(changes: Change[]): Promise<void> {
    if (changes.length > 0) await this.options.store.batch(changes);
  }

  nextSequence(): string {
    this.lastSequence += 1n;
    return String(this.lastSequence).padStart(20, '0');
  }

  findDeduplication(queue: Queue, id: string): Deduplication | undefined {
    const found = this.deduplications.get(queue.name)?.get(id);
    return found !== undefined && found.untilMs > this.clock.nowMs() ? found : undefined;
  }

  rememberDeduplication(queue: Queue, id: string, deduplication: Deduplication): void {
    this.deduplications.get(queue.name)?.set(id, deduplication);
  }

  /** Ends every long poll and closes the store. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const queue of this.queues.values()) queue.wake();
    await this.options.store.close();
  }

  private register(record: QueueRecord): Queue {
    const queue = new Queue(record, this.arnOf(record.name));
    this.queues.set(record.name, queue);
    this.deduplications.set(record.name, new Map());
    return queue;
  }

  private async load(queue: Queue): Promise<void> {
    const { store } = this.options;
    const nowMs = this.clock.nowMs();
    const states = new Map<string, MessageState>();
    for await (const [path, state] of store.iterator(range('state', queue.name)))
      states.set(path.slice(path.lastIndexOf(SEPARATOR) + 1), state as MessageState);
    for await (const value of store.values(range('body', queue.name))) {
      const content = value as MessageContent;
      const state = states.get(content.sequence);
      if (state !== undefined) queue.insert({ content, state }, nowMs);
      if (BigInt(content.sequence) > this.lastSequence) this.lastSequence = BigInt(content.sequence);
    }
    await this.loadDeduplications(queue, nowMs);
  }

  private async loadDeduplications(queue: Queue, nowMs: number): Promise<void> {
    for await (const [path, value] of this.options.store.iterator(range('dedup', queue.name))) {
      const deduplication = value as Deduplication;
      if (deduplication.untilMs <= nowMs) await this.options.store.del(path);
      else this.rememberDeduplication(queue, path.slice(path.lastIndexOf(SEPARATOR) + 1), deduplication);
    }
  }
}
