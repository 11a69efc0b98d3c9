import { effect, signal } from '@preact/signals';
import { call } from './call.ts';
import type { DeadLetterQueue } from './dlq.ts';
import { info } from './info.ts';

const REFRESH_MS = 10_000;

/** How many messages lie in all dead-letter queues, as far as is known. */
export const deadLetterCount = signal(0);

const look = async (): Promise<void> => {
  const { queues } = await call<{ queues: DeadLetterQueue[] }>('/_local/dlq');
  deadLetterCount.value = queues.reduce((sum, { messages, inFlight }) => sum + messages + inFlight, 0);
};

/** Keeps an eye on the dead letters, where they can be seen. */
export const watchDeadLetters = (): void => {
  effect(() => {
    if (info.value?.store !== true) return undefined;
    const again = (): void => {
      look().catch(() => undefined);
    };
    again();
    const timer = setInterval(again, REFRESH_MS);
    return () => clearInterval(timer);
  });
};
