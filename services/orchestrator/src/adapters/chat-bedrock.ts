import { PipelineError } from '@alluvium/contracts';
import { ConverseCommand, type BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { ChatModel } from '../ports.ts';

const MAX_TOKENS = 1000;
const PASSING =
  /^(?:Throttling|ServiceUnavailable|ModelNotReady|ModelTimeout|InternalServer|ModelStreamError)/;

const explain = (model: string, cause: unknown): PipelineError => {
  const { name = '' } = cause as { name?: string };
  const refused = /Exception$/.test(name) && !PASSING.test(name);
  return new PipelineError(`The chat model ${model} of Bedrock failed: ${name}`, {
    code: refused ? 'CHAT_REFUSED' : 'CHAT_UNAVAILABLE',
    kind: refused ? 'invalid' : 'unavailable',
    cause,
  });
};

/** A model of Bedrock, by the Converse API. Errors: CHAT_UNAVAILABLE, CHAT_REFUSED. */
export const bedrockChat = ({
  client,
  model,
}: {
  client: Pick<BedrockRuntimeClient, 'send'>;
  model: string;
}): ChatModel => ({
  name: 'bedrock',
  model,
  complete: async ({ system, messages }) => {
    const command = new ConverseCommand({
      modelId: model,
      system: [{ text: system }],
      messages: messages.map(({ role, content }) => ({ role, content: [{ text: content }] })),
      inferenceConfig: { temperature: 0, maxTokens: MAX_TOKENS },
    });
    const { output, usage } = await client.send(command).catch((cause: unknown) => {
      throw explain(model, cause);
    });
    const text = (output?.message?.content ?? []).map((block) => block.text ?? '').join('');
    return {
      text: text.trim(),
      usage: {
        ...(usage?.inputTokens !== undefined && { inputTokens: usage.inputTokens }),
        ...(usage?.outputTokens !== undefined && { outputTokens: usage.outputTokens }),
      },
    };
  },
});
