import { faultPath, PipelineError, type ValidationFault } from '@alluvium/contracts';

/** The error for a request that is wrong. */
export const refuse = (code: string, message: string): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid' });

/** A value for a message, not more of it than one wants to read. */
export const shown = (value: unknown): string => JSON.stringify(value ?? null).slice(0, 60);

/** The error for what is over a limit. */
export const tooLarge = (what: string, size: string, max: number): PipelineError =>
  refuse('REQUEST_TOO_LARGE', `${what} has ${size}; at most ${max} are allowed.`);

/** The error for a request that breaks its schema, by the parameter at fault and what it takes. */
export const refuseFault = (
  fault: ValidationFault | undefined,
  fields: Record<string, unknown>,
  expected: Readonly<Record<string, string>>,
): PipelineError => {
  const name = (fault === undefined ? '' : faultPath(fault)).slice(1).split('/')[0] ?? '';
  if (fault?.keyword === 'additionalProperties')
    return refuse(
      'PARAMETER_UNKNOWN',
      `There is no parameter ${shown(name)}. Known: ${Object.keys(expected).join(', ')}.`,
    );
  const form = expected[name] ?? 'as its schema says';
  return refuse('PARAMETER_INVALID', `${name} must be ${form}, not ${shown(fields[name])}.`);
};

/** The body of a request as an object. Errors: BODY_INVALID, REQUEST_TOO_LARGE. */
export const parseObject = (body: string, maxBytes: number): Record<string, unknown> => {
  const bytes = Buffer.byteLength(body);
  if (bytes > maxBytes) throw tooLarge('The body', `${bytes} bytes`, maxBytes);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw refuse('BODY_INVALID', 'The body is not valid JSON.');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw refuse('BODY_INVALID', 'The body must be a JSON object.');
};
