import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Random } from './random.ts';
import { remoteCall, type Weather } from './remote-call.ts';
import type { Scheduler } from './scheduler.ts';
import type { VirtualProcess } from './virtual-process.ts';

/** A message as the queue keeps it. */
export interface KeptMessage {
  id: string;
  body: string;
  receives: number;
}

/** A queue that delivers at least once, in any order, and moves to its dead letters what was received too often. */
export interface QueueServer {
  readonly name: string;
  /** Messages that are not deleted yet, received ones included. */
  readonly kept: ReadonlyMap<string, KeptMessage>;
  /** Messages that were received too often. */
  readonly deadLetters: KeptMessage[];
  put(body: string, delayMs: number): void;
  /** Up to `most` messages that are visible now; they come again after the visibility timeout unless deleted. */
  receive(most: number): KeptMessage[];
  delete(id: string): void;
  /** Dead letters become messages again. */
  redrive(): void;
  clientOf(process: VirtualProcess, weather: Weather): Pick<SQSClient, 'send'>;
}

/** Of 1, what becomes of messages. */
export interface QueueFaults {
  /** The message is accepted and never delivered. */
  lost: number;
  /** It is delivered once more. */
  duplicated: number;
  /** It comes up to a day late. */
  late: number;
}

export interface QueueOptions {
  name: string;
  scheduler: Scheduler;
  random: Random;
  visibilityMs: number;
  maxReceiveCount: number;
  faults: () => QueueFaults;
  /** Called when a message gets lost. */
  lost?: (body: string) => void;
  /** Called when a message becomes visible. */
  arrived: () => void;
}

const DAY_MS = 24 * 3_600_000;

const failure = (): Error => Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });

class Queue {
  readonly kept = new Map<string, KeptMessage>();
  readonly deadLetters: KeptMessage[] = [];
  readonly #visible = new Set<string>();
  readonly #options: QueueOptions;
  #count = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  put(body: string, delayMs: number): void {
    const { random, faults, name } = this.#options;
    const { lost, duplicated, late } = faults();
    if (random.chance(lost)) {
      this.#options.scheduler.note(name, 'loses a message');
      this.#options.lost?.(body);
      return;
    }
    const copies = random.chance(duplicated) ? random.between(2, 5) : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const id = `${name}-${(this.#count += 1)}`;
      const lateMs = random.chance(late) ? random.between(60_000, DAY_MS) : random.between(5, 500);
      this.kept.set(id, { id, body, receives: 0 });
      this.#appear(id, delayMs + lateMs);
    }
  }

  #appear(id: string, inMs: number): void {
    const { scheduler, name, arrived } = this.#options;
    const run = (): void => {
      if (!this.kept.has(id)) return;
      this.#visible.add(id);
      arrived();
    };
    scheduler.schedule(inMs, { actor: name, label: `shows ${id}`, run });
  }

  receive(most: number): KeptMessage[] {
    const { random, visibilityMs, maxReceiveCount } = this.#options;
    const received: KeptMessage[] = [];
    const ids = [...this.#visible];
    while (ids.length > 0 && received.length < most) {
      const [id = ''] = ids.splice(random.between(0, ids.length - 1), 1);
      this.#visible.delete(id);
      const message = this.kept.get(id);
      if (message === undefined) continue;
      message.receives += 1;
      if (message.receives > maxReceiveCount) {
        this.kept.delete(id);
        this.deadLetters.push(message);
        continue;
      }
      received.push({ ...message });
      this.#appear(id, visibilityMs);
    }
    return received;
  }

  redrive(): void {
    for (const { body } of this.deadLetters.splice(0)) this.put(body, 0);
  }
}

/** A queue in memory. */
export const queueServer = (options: QueueOptions): QueueServer => {
  const queue = new Queue(options);
  const send = (process: VirtualProcess, weather: Weather, command: SendMessageCommand): Promise<unknown> =>
    remoteCall(process, weather, {
      label: `SEND ${options.name}`,
      touches: `queue:${options.name}`,
      isWrite: true,
      apply: () => {
        queue.put(command.input.MessageBody ?? '', (command.input.DelaySeconds ?? 0) * 1000);
        return {};
      },
      failure,
    });
  return {
    name: options.name,
    kept: queue.kept,
    deadLetters: queue.deadLetters,
    put: (body, delayMs) => queue.put(body, delayMs),
    receive: (most) => queue.receive(most),
    delete: (id) => void queue.kept.delete(id),
    redrive: () => queue.redrive(),
    clientOf: (process, weather) => ({
      send: (command: unknown): Promise<never> =>
        send(process, weather, command as SendMessageCommand) as Promise<never>,
    }),
  };
};
