import { json } from 'node:stream/consumers';
import { PipelineError } from '@alluvium/contracts';
import type { ConsoleRequest } from '@alluvium/local';

/** The body of a request as an object. Error: REQUEST_INVALID. */
export const jsonBody = async ({ incoming }: ConsoleRequest): Promise<Record<string, unknown>> => {
  const value = await json(incoming).catch(() => undefined);
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new PipelineError('The body is no JSON object.', { code: 'REQUEST_INVALID', kind: 'invalid' });
};

/** A text among the fields of a body. */
export const textOf = (body: Record<string, unknown>, name: string): string | undefined => {
  const value = body[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** A text that must be there. Error: REQUEST_INVALID. */
export const requiredText = (body: Record<string, unknown>, name: string): string => {
  const value = textOf(body, name);
  if (value !== undefined) return value;
  throw new PipelineError(`"${name}" is missing.`, { code: 'REQUEST_INVALID', kind: 'invalid' });
};
