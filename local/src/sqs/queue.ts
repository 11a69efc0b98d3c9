import { redrivePolicyOf, type QueueAttributes } from './queue-attributes.ts';
import { DueQueue } from '../common/due-queue.ts';
import type { Message } from './message.ts';

/** How many messages a queue holds, by what a receive would see. */
export interface QueueDepth {
  visible: number;
  inFlight: number;
  delayed: number;
}

/** What is stored of a queue beside its messages. */
export interface QueueRecord {
  name: string;
  attributes: QueueAttributes;
  tags: Record<string, string>;
  createdAtMs: number;
  modifiedAtMs: number;
}

export interface TakeOptions {
  nowMs: number;
  max: number;
  visibilityMs: number;
  /** Messages received this often are set aside instead; absent when there is no dead-letter queue. */
  maxReceiveCount: number | undefined;
  newReceipt: () => string;
}

/** What one receive did, all of it still to be written down. */
export interface Taken {
  received: Message[];
  /** Used up their receives; to be moved to the dead-letter queue. */
  dead: Message[];
  expired: Message[];
}

/** One queue in memory. It decides; whoever calls writes the outcome to the store. */
export class Queue {
  readonly record: QueueRecord;
  readonly arn: string;
  /** When PurgeQueue last ran; AWS allows one a minute. */
  purgedAtMs = -Infinity;
  /** By sequence, so in the order of acceptance. */
  private readonly messages = new Map<string, Message>();
  private readonly visible = new Map<string, Message>();
  /** In flight or delayed. */
  private readonly hidden = new DueQueue<Message>();
  private readonly waiters = new Set<() => void>();

  constructor(record: QueueRecord, arn: string) {
    this.record = record;
    this.arn = arn;
  }

  get name(): string {
    return this.record.name;
  }

  get isFifo(): boolean {
    return this.record.attributes.FifoQueue === 'true';
  }

  get redrivePolicy() {
    return redrivePolicyOf(this.record.attributes);
  }

  /** An attribute counted in seconds, in milliseconds. */
  durationMs(attribute: string): number {
    return Number(this.record.attributes[attribute]) * 1000;
  }

  all(): Iterable<Message> {
    return this.messages.values();
  }

  find(sequence: string): Message | undefined {
    return this.messages.get(sequence);
  }

  insert(message: Message, nowMs: number): void {
    this.messages.set(message.content.sequence, message);
    this.place(message, nowMs);
  }

  remove({ content }: Message): void {
    this.messages.delete(content.sequence);
    this.visible.delete(content.sequence);
    // a FIFO group may have waited for this one
    if (this.isFifo) this.wake();
  }

  clear(): void {
    this.messages.clear();
    this.visible.clear();
    this.hidden.clear();
  }

  isVisible({ content }: Message, nowMs: number): boolean {
    this.settle(nowMs);
    return this.visible.has(content.sequence);
  }

  /** Shows the message again at `visibleAtMs`. */
  hideUntil(message: Message, visibleAtMs: number, nowMs: number): void {
    message.state.visibleAtMs = visibleAtMs;
    this.visible.delete(message.content.sequence);
    this.place(message, nowMs);
  }

  take(options: TakeOptions): Taken {
    const { nowMs, max, maxReceiveCount = Infinity } = options;
    this.settle(nowMs);
    const taken: Taken = { received: [], dead: [], expired: [] };
    for (const message of this.isFifo ? this.headsOfGroups() : this.visible.values()) {
      if (taken.received.length === max) break;
      if (this.isExpired(message, nowMs)) taken.expired.push(message);
      else if (message.state.receivesHere >= maxReceiveCount) taken.dead.push(message);
      else taken.received.push(message);
    }
    for (const message of [...taken.dead, ...taken.expired]) this.remove(message);
    for (const message of taken.received) this.markReceived(message, options);
    return taken;
  }

  depth(nowMs: number): QueueDepth {
    this.settle(nowMs);
    const depth = { visible: 0, inFlight: 0, delayed: 0 };
    for (const message of this.messages.values()) {
      if (this.isExpired(message, nowMs)) continue;
      if (this.visible.has(message.content.sequence)) depth.visible += 1;
      else if (message.state.receiveCount > 0) depth.inFlight += 1;
      else depth.delayed += 1;
    }
    return depth;
  }

  /** When a hidden message shows up next, if any does. */
  nextDueAtMs(): number | undefined {
    return this.hidden.nextDueAtMs();
  }

  /** Calls back once something changed that a waiting receive should look at; the returned function stops waiting. */
  onChange(callback: () => void): () => void {
    this.waiters.add(callback);
    return () => this.waiters.delete(callback);
  }

  wake(): void {
    for (const waiter of [...this.waiters]) waiter();
  }

  private isExpired({ content }: Message, nowMs: number): boolean {
    return nowMs - content.sentAtMs >= this.durationMs('MessageRetentionPeriod');
  }

  private place(message: Message, nowMs: number): void {
    if (message.state.visibleAtMs > nowMs) this.hidden.add(message.state.visibleAtMs, message);
    else {
      this.visible.set(message.content.sequence, message);
      this.wake();
    }
  }

  /** Moves what has fallen due among the visible ones; entries outdated by a delete or a new timeout are dropped. */
  private settle(nowMs: number): void {
    for (;;) {
      const message = this.hidden.takeDue(nowMs);
      if (message === undefined) return;
      const { sequence } = message.content;
      if (message.state.visibleAtMs <= nowMs && this.messages.get(sequence) === message)
        this.visible.set(sequence, message);
    }
  }

  /** In a FIFO queue a hidden message blocks the later ones of its group. */
  private *headsOfGroups(): Generator<Message> {
    const blocked = new Set<string | undefined>();
    for (const message of this.messages.values()) {
      const { groupId, sequence } = message.content;
      if (!this.visible.has(sequence)) blocked.add(groupId);
      else if (!blocked.has(groupId)) yield message;
    }
  }

  private markReceived(message: Message, { nowMs, visibilityMs, newReceipt }: TakeOptions): void {
    const { state } = message;
    state.receiveCount += 1;
    state.receivesHere += 1;
    state.firstReceivedAtMs ??= nowMs;
    state.receipt = newReceipt();
    this.hideUntil(message, nowMs + visibilityMs, nowMs);
  }
}
