import { useAws, type Connection } from '../connection.ts';
import { layBack, queueOf, remove, takeAll } from './dead-letter-queues.ts';
import type { DeadLetter } from './dead-letter.ts';
import { sendBack, type Origins } from './send-back.ts';

/** What a redrive did. */
export interface Redriven {
  redriven: string[];
  /** What could not be put back, and why. */
  kept: { id: string; why: string }[];
}

/** The queues and the bus of a stack. */
export const openOrigins = async (connection: Connection): Promise<Origins> => {
  useAws(connection);
  const { eventBridgeClient, eventBus, sqsClient, systemOrigin } = await import('@alluvium/lambda-kit');
  const origin = systemOrigin('cli', '0.1.0');
  const bus = eventBus({ client: eventBridgeClient(), busName: connection.eventBus, origin });
  return { sqs: sqsClient(), bus };
};

/** Takes all letters of a service in hand; whatever happens, those that are still there are laid back. */
export const withLetters = async <T>(
  stack: Origins,
  service: string,
  handle: (
    letters: readonly DeadLetter[],
    removeLetter: (letter: DeadLetter) => Promise<void>,
  ) => Promise<T> | T,
): Promise<T> => {
  const queue = await queueOf(stack.sqs, service);
  const left = new Set(await takeAll(stack.sqs, queue));
  try {
    return await handle([...left], async (letter) => {
      await remove(stack.sqs, queue, letter);
      left.delete(letter);
    });
  } finally {
    await layBack(stack.sqs, queue, [...left]);
  }
};

/** Puts letters back where they came from. */
export const redriveLetters = async (
  stack: Origins,
  letters: readonly DeadLetter[],
  removeLetter: (letter: DeadLetter) => Promise<void>,
): Promise<Redriven> => {
  const done: Redriven = { redriven: [], kept: [] };
  for (const letter of letters) {
    const why = await sendBack(stack, letter);
    // Sent first: whoever dies in between leaves a message twice, never none, and consumers bear it.
    if (why === undefined) await removeLetter(letter);
    if (why === undefined) done.redriven.push(letter.id);
    else done.kept.push({ id: letter.id, why });
  }
  return done;
};
