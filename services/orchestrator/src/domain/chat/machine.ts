import type { ChatFiltersV1 } from '@alluvium/contracts';
import { assign, createActor, setup, type SnapshotFrom } from 'xstate';
import type { Analysis, ChatRoute } from './analyse.ts';

/** What a chat knows at each step; all of it is kept. */
export interface ChatContext {
  question: string;
  route?: ChatRoute;
  q?: string;
  filters?: ChatFiltersV1;
  version?: number;
  /** Answers that were written and refused by the check. */
  refused: number;
}

/** What happens to a chat. */
export type ChatEvent =
  | ({ type: 'ANALYSED' } & Analysis)
  | { type: 'RETRIEVED'; version?: number }
  | { type: 'ANSWERED'; isSupported: boolean }
  | { type: 'QUOTED' };

const MAX_WRITTEN = 2;

// Types alone: nothing of it is there when it runs.
const types: { context?: ChatContext; events?: ChatEvent; input?: { question: string } } = {};

/** analyse -> (ask back | answer from memory | retrieve -> write -> check -> write again or only quote) -> done. */
const chatMachine = setup({
  types,
  guards: {
    retrieves: ({ event }) => event.type === 'ANALYSED' && event.route === 'retrieve',
    isSupported: ({ event }) => event.type === 'ANSWERED' && event.isSupported,
    mayWriteAgain: ({ context }) => context.refused + 1 < MAX_WRITTEN,
  },
}).createMachine({
  id: 'chat',
  context: ({ input }) => ({ question: input.question, refused: 0 }),
  initial: 'analysing',
  states: {
    analysing: {
      on: {
        ANALYSED: [
          {
            guard: 'retrieves',
            target: 'retrieving',
            actions: assign(({ event: { route, q, filters } }) => ({ route, q, filters })),
          },
          { target: 'done', actions: assign(({ event: { route, q, filters } }) => ({ route, q, filters })) },
        ],
      },
    },
    // Nothing runs here: whoever hears of retrieval.completed goes on.
    retrieving: {
      on: {
        RETRIEVED: {
          target: 'writing',
          actions: assign(({ event: { version } }) => (version === undefined ? {} : { version })),
        },
      },
    },
    writing: {
      on: {
        ANSWERED: [
          { guard: 'isSupported', target: 'done' },
          {
            guard: 'mayWriteAgain',
            target: 'writing',
            actions: assign(({ context }) => ({ refused: context.refused + 1 })),
          },
          { target: 'quoting', actions: assign(({ context }) => ({ refused: context.refused + 1 })) },
        ],
        QUOTED: { target: 'done' },
      },
    },
    quoting: { on: { QUOTED: { target: 'done' } } },
    done: { type: 'final' },
  },
});

export type ChatStep = SnapshotFrom<typeof chatMachine>['value'];

/** A chat between two steps, as it is kept: JSON. */
export type KeptChat = Record<string, unknown>;

/** Where a chat stands. */
export interface ChatState {
  step: ChatStep;
  context: ChatContext;
  kept: KeptChat;
}

const stateOf = (actor: ReturnType<typeof createActor<typeof chatMachine>>): ChatState => {
  const { value, context } = actor.getSnapshot();
  // Only JSON is kept: what is undefined is left out.
  const kept = JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as KeptChat;
  return { step: value, context, kept };
};

/** A chat that begins. */
export const beginChat = (question: string): ChatState =>
  stateOf(createActor(chatMachine, { input: { question } }).start());

/** The chat after an event; one that does not fit its step changes nothing. */
export const advanceChat = (kept: KeptChat, event?: ChatEvent): ChatState => {
  const snapshot = kept as unknown as ReturnType<typeof chatMachine.resolveState>;
  const actor = createActor(chatMachine, { snapshot, input: { question: '' } }).start();
  if (event !== undefined) actor.send(event);
  return stateOf(actor);
};
