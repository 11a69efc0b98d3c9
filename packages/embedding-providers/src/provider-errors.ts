import { PipelineError } from '@alluvium/contracts';

/** An answer that is no embedding: PROVIDER_OUTPUT_INVALID. Asking again would cost and give the same. */
export const badOutput = (message: string, details: Record<string, unknown> = {}): PipelineError =>
  new PipelineError(message, { code: 'PROVIDER_OUTPUT_INVALID', kind: 'invalid', details });

/** The provider does not take the request as it is: PROVIDER_REFUSED. */
export const refused = (message: string, details: Record<string, unknown> = {}): PipelineError =>
  new PipelineError(message, { code: 'PROVIDER_REFUSED', kind: 'invalid', details });

/** The provider does not know the key, or does not allow it: PROVIDER_DENIED. The key can be mended, so it comes again. */
export const denied = (message: string, details: Record<string, unknown> = {}): PipelineError =>
  new PipelineError(message, { code: 'PROVIDER_DENIED', kind: 'unavailable', details });

/** The provider does not answer, or asks for patience: PROVIDER_UNAVAILABLE. */
export const unavailable = (
  message: string,
  details: Record<string, unknown> = {},
  cause?: unknown,
): PipelineError =>
  new PipelineError(message, { code: 'PROVIDER_UNAVAILABLE', kind: 'unavailable', details, cause });

const KEY_LIKE = /\b(?:sk-|Bearer )[\w*.-]{6,}/gi;

/** A provider's words without any key that it may repeat, at most 500 characters. */
export const withoutSecrets = (text: string, ...secrets: (string | undefined)[]): string =>
  secrets
    .reduce<string>(
      (clean, secret) =>
        secret === undefined || secret === '' ? clean : clean.replaceAll(secret, '[secret]'),
      text,
    )
    .replace(KEY_LIKE, '[secret]')
    .slice(0, 500);
