import { BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import type { InvokeBedrock, Patience } from '../ports.ts';
import { badOutput, denied, refused, unavailable } from '../provider-errors.ts';

/** Throttling is the rule with Bedrock: more tries than the SDK's three. */
const PATIENCE: Patience = { tries: 6, timeoutMs: 60_000, pauseMs: 30_000 };

interface SdkError {
  name?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number };
}

const PASSING = new Set([408, 424, 429]);

const isRefusal = (status = 0): boolean => status >= 400 && status < 500 && !PASSING.has(status);

const asProviderError = (model: string, cause: unknown): Error => {
  const { name = 'Error', message = '', $metadata } = cause as SdkError;
  const status = $metadata?.httpStatusCode;
  const words = `Bedrock did not embed with ${model} (${name}): ${message}`.slice(0, 500);
  const details = { model, name, ...(status !== undefined && { status }) };
  if (status === 401 || status === 403) return denied(words, details);
  return isRefusal(status) ? refused(words, details) : unavailable(words, details, cause);
};

/** A client of Bedrock for each region, made on first use. */
export type BedrockClient = Pick<BedrockRuntimeClient, 'send'>;

/** Asks Bedrock by the SDK. Errors: PROVIDER_REFUSED, PROVIDER_DENIED, PROVIDER_UNAVAILABLE, PROVIDER_OUTPUT_INVALID. */
export const invokeBedrock = (
  { tries, timeoutMs }: Patience = PATIENCE,
  open: (region?: string) => BedrockClient = (region) =>
    new BedrockRuntimeClient({ maxAttempts: tries, ...(region !== undefined && { region }) }),
): InvokeBedrock => {
  const clients = new Map<string | undefined, BedrockClient>();
  const clientOf = (region?: string): BedrockClient => {
    const client = clients.get(region) ?? open(region);
    clients.set(region, client);
    return client;
  };
  const invoke = async (model: string, region: string | undefined, body: unknown): Promise<Uint8Array> => {
    try {
      const command = new InvokeModelCommand({
        ...{ modelId: model, contentType: 'application/json', accept: 'application/json' },
        body: JSON.stringify(body),
      });
      return (await clientOf(region).send(command, { abortSignal: AbortSignal.timeout(timeoutMs * tries) }))
        .body;
    } catch (cause) {
      throw asProviderError(model, cause);
    }
  };
  return async ({ model, region, body }) => {
    const bytes = await invoke(model, region, body);
    try {
      return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
    } catch {
      throw badOutput(`The answer of ${model} is not JSON`);
    }
  };
};
