import { PipelineError } from '@alluvium/contracts';
import type { ChatModel } from '../ports.ts';

const TIMEOUT_MS = 60_000;
const MAX_TOKENS = 1000;

/** Where an OpenAI-compatible server is, and how it is asked. */
export interface OpenAiOptions {
  /** Of the API: `https://api.openai.com/v1`. */
  baseUrl: string;
  model: string;
  /** The key; servers of one's own may need none. */
  readKey: () => Promise<string | undefined>;
  fetch: typeof fetch;
}

interface Completion {
  choices?: { message?: { content?: string | null } }[];
  usage?: { prompt_tokens?: number; completion_tokens?: number };
}

const refusal = async (answer: Response, model: string): Promise<PipelineError> => {
  const passing = answer.status === 429 || answer.status >= 500;
  // The body may repeat the question or the key: only the status is told.
  await answer.body?.cancel();
  return new PipelineError(`The chat model ${model} answered with status ${answer.status}`, {
    code: passing ? 'CHAT_UNAVAILABLE' : 'CHAT_REFUSED',
    kind: passing ? 'unavailable' : 'invalid',
    details: { status: answer.status },
  });
};

const unavailable = (model: string, cause: unknown): PipelineError =>
  new PipelineError(`The chat model ${model} cannot be reached`, {
    code: 'CHAT_UNAVAILABLE',
    kind: 'unavailable',
    cause,
  });

/** A model behind POST <baseUrl>/chat/completions. Errors: CHAT_UNAVAILABLE, CHAT_REFUSED, SECRET_MISSING. */
export const openAiChat = ({ baseUrl, model, readKey, fetch: send }: OpenAiOptions): ChatModel => ({
  name: 'openai',
  model,
  complete: async ({ system, messages }) => {
    const key = await readKey();
    const body = {
      ...{ model, temperature: 0, max_tokens: MAX_TOKENS },
      messages: [{ role: 'system', content: system }, ...messages],
    };
    const answer = await send(`${baseUrl.replace(/\/$/, '')}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    }).catch((cause: unknown) => {
      throw unavailable(model, cause);
    });
    if (!answer.ok) throw await refusal(answer, model);
    const { choices = [], usage = {} } = (await answer.json()) as Completion;
    return {
      text: (choices[0]?.message?.content ?? '').trim(),
      usage: {
        ...(usage.prompt_tokens !== undefined && { inputTokens: usage.prompt_tokens }),
        ...(usage.completion_tokens !== undefined && { outputTokens: usage.completion_tokens }),
      },
    };
  },
});
