import { randomUUID } from 'node:crypto';
import type { Message } from './message.ts';
import { deleteMessage, putMessage, putState, type Change, type QueueBroker } from './queue-broker.ts';
import type { Queue } from './queue.ts';

export interface ReceiveOptions {
  max: number;
  waitMs: number;
  visibilityMs: number;
  /** Ends the wait early. */
  signal?: AbortSignal | undefined;
}

/** The message as it enters another queue: new place, visible at once, its receives there not begun. */
export const moveInto = (broker: QueueBroker, { content, state }: Message, sourceArn?: string): Message => ({
  content: {
    ...content,
    sequence: broker.nextSequence(),
    ...(sourceArn === undefined ? {} : { sourceArn }),
  },
  state: { receiveCount: state.receiveCount, receivesHere: 0, visibleAtMs: broker.clock.nowMs() },
});

/** Where messages go that used up their receives; undefined when the queue has no such place. */
const deadLettersOf = (broker: QueueBroker, { redrivePolicy }: Queue) => {
  const queue = redrivePolicy === undefined ? undefined : broker.find(redrivePolicy.deadLetterTargetArn);
  return queue === undefined ? undefined : { queue, maxReceiveCount: redrivePolicy?.maxReceiveCount };
};

const takeMessages = async (
  broker: QueueBroker,
  queue: Queue,
  options: ReceiveOptions,
): Promise<Message[]> => {
  const deadLetters = deadLettersOf(broker, queue);
  const { received, dead, expired } = queue.take({
    nowMs: broker.clock.nowMs(),
    max: options.max,
    visibilityMs: options.visibilityMs,
    maxReceiveCount: deadLetters?.maxReceiveCount,
    newReceipt: randomUUID,
  });
  const changes: Change[] = received.map((message) => putState(queue, message));
  for (const message of [...dead, ...expired]) changes.push(...deleteMessage(queue, message));
  const arrive = prepareMove(broker, queue, dead, deadLetters?.queue);
  await broker.commit([...changes, ...arrive.changes]);
  arrive.insert();
  return received;
};

/** One batch takes the dead messages out of their queue and puts them into the other: none is lost or doubled. */
const prepareMove = (broker: QueueBroker, queue: Queue, dead: Message[], destination: Queue | undefined) => {
  if (destination === undefined) return { changes: [], insert: () => undefined };
  const moved = dead.map((message) => moveInto(broker, message, queue.arn));
  return {
    changes: moved.flatMap((message) => putMessage(destination, message)),
    insert: () => {
      for (const message of moved) destination.insert(message, broker.clock.nowMs());
    },
  };
};

/** Resolves when a message may have become visible, at the deadline, or when the caller hangs up. */
const change = (broker: QueueBroker, queue: Queue, deadlineMs: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const nextMs = Math.min(deadlineMs, queue.nextDueAtMs() ?? Infinity);
    const stopTimer = broker.clock.after(Math.max(0, nextMs - broker.clock.nowMs()), done);
    const stopWaiting = queue.onChange(done);
    signal?.addEventListener('abort', done);
    function done(): void {
      stopTimer();
      stopWaiting();
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });

/** Receives up to `max` messages, waiting up to `waitMs` for the first. Resolves once the receives are written down. */
export const receiveMessages = async (
  broker: QueueBroker,
  queue: Queue,
  options: ReceiveOptions,
): Promise<Message[]> => {
  const deadlineMs = broker.clock.nowMs() + options.waitMs;
  for (;;) {
    const gone = broker.isClosed || options.signal?.aborted === true || broker.find(queue.name) !== queue;
    if (gone) return [];
    const messages = await takeMessages(broker, queue, options);
    if (messages.length > 0 || broker.clock.nowMs() >= deadlineMs) return messages;
    await change(broker, queue, deadlineMs, options.signal);
  }
};
