import type { ChatAnswerV1, SessionV1 } from '@alluvium/contracts';
import { advanceChat, type ChatState, type KeptChat } from '../domain/chat/machine.ts';
import { citationsOf, citesOnly, type Passage } from '../domain/chat/passages.ts';
import { correctionOf, NO_ANSWER, promptOf, type ChatPrompt } from '../domain/chat/prompt.ts';
import { quoteAnswer } from '../domain/chat/quote.ts';
import type { ChatModel, OrchestratorDeps } from '../ports.ts';

const ONLY_QUOTES = 'This answer only quotes what was found; no language model wrote it.';
const UNSUPPORTED = 'The language model cited what was not found; this answer only quotes.';
const NOTHING_FOUND = 'Nothing that was found answers this.';

/** What an answer is made of. */
export interface Material {
  question: string;
  passages: readonly Passage[];
  turns: SessionV1['turns'];
}

/** An answer, and where writing it has led. */
export type Written = Pick<ChatAnswerV1, 'answer' | 'citations' | 'provider' | 'notice'> & { kept: KeptChat };

const quoted = (kept: KeptChat, { question, passages }: Material, notice: string): Written => {
  const answer = quoteAnswer(question, passages);
  const { kept: done } = advanceChat(kept, { type: 'QUOTED' });
  const provider = { name: 'extractive' };
  return answer === undefined
    ? { answer: NOTHING_FOUND, citations: [], provider, kept: done }
    : { answer, citations: citationsOf(answer, passages), provider, notice, kept: done };
};

interface Draft {
  text: string;
  usage: { inputTokens?: number; outputTokens?: number };
}

const isSupported = ({ text }: Draft, passages: readonly Passage[]): boolean =>
  text === NO_ANSWER || citesOnly(text, passages);

const accepted = (model: ChatModel, draft: Draft, { passages }: Material, kept: KeptChat): Written => {
  const provider = { name: model.name, model: model.model, ...draft.usage };
  return draft.text === NO_ANSWER
    ? { answer: NOTHING_FOUND, citations: [], provider, kept }
    : { answer: draft.text, citations: citationsOf(draft.text, passages), provider, kept };
};

/**
 * Writes the answer and checks it: it must cite what was found, and nothing else. What fails the check is written once
 * more; then the passages are only quoted. Errors: those of the model.
 */
export const writeAnswer = async (
  { chatModel, runtime }: Pick<OrchestratorDeps, 'chatModel' | 'runtime'>,
  begun: ChatState,
  material: Material,
): Promise<Written> => {
  const { question, passages, turns } = material;
  if (chatModel === undefined || passages.length === 0) return quoted(begun.kept, material, ONLY_QUOTES);
  const boundary = runtime.origin.newTraceId();
  const first = promptOf(question, passages, { turns, boundary });
  let prompt: ChatPrompt = first;
  let state = begun;
  while (state.step === 'writing') {
    const draft = await chatModel.complete(prompt);
    const supported = isSupported(draft, passages);
    state = advanceChat(state.kept, { type: 'ANSWERED', isSupported: supported });
    if (supported) return accepted(chatModel, draft, material, state.kept);
    runtime.logger.warn('An answer cites what was not found', { refused: state.context.refused });
    prompt = correctionOf(first, draft.text, passages.length);
  }
  return quoted(state.kept, material, UNSUPPORTED);
};
