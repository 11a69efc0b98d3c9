import type { SessionV1 } from '@alluvium/contracts';

const MAX_QUOTED = 600;

/** Tells the last turns of a conversation; no model is asked. */
export const recallAnswer = (turns: SessionV1['turns']): string =>
  [
    'So far in this conversation:',
    ...turns.slice(-5).map(({ question, answer }) => {
      // Numbers of those answers are of their own passages.
      const said = answer.replaceAll(/\s*\[\d[\d,; ]*\]/g, '').slice(0, MAX_QUOTED);
      return `You asked: "${question.slice(0, MAX_QUOTED)}" - ${said}`;
    }),
  ].join('\n');

/** Asks for a question that can be searched for. */
export const askBack = (collection: string): string =>
  `What would you like to know about ${collection}? Name what you are looking for.`;
