import { isPipelineError, PipelineError } from '@alluvium/contracts';

const PLACEHOLDER = 'REDACTED';
/** What is shorter would be found everywhere, and protects nothing. */
const MIN_SECRET_LENGTH = 8;

/** `text` without the secrets, plain or as a URL writes them. */
export const redact = (text: string, secrets: readonly string[]): string => {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < MIN_SECRET_LENGTH) continue;
    for (const form of new Set([secret, encodeURIComponent(secret)]))
      clean = clean.replaceAll(form, PLACEHOLDER);
  }
  return clean;
};

const redactAny = (value: unknown, secrets: readonly string[]): unknown => {
  if (typeof value === 'string') return redact(value, secrets);
  if (Array.isArray(value)) return value.map((item: unknown) => redactAny(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    redact(name, secrets),
    redactAny(inner, secrets),
  ]);
  return Object.fromEntries(entries) as unknown;
};

const redactDeep = <T>(value: T, secrets: readonly string[]): T => redactAny(value, secrets) as T;

/**
 * Runs what knows secrets and keeps them in: neither what it returns nor what it throws contains one. A cause is
 * dropped, as nobody knows what it quotes.
 */
export const keepingSecrets = async <T>(secrets: readonly string[], run: () => Promise<T>): Promise<T> => {
  try {
    return redactDeep(await run(), secrets);
  } catch (error) {
    if (secrets.length === 0) throw error;
    if (!isPipelineError(error)) {
      const message = error instanceof Error ? error.message : String(error);
      throw new PipelineError(redact(message, secrets), { code: 'SOURCE_FAILED', kind: 'internal' });
    }
    const { code, kind, details } = error;
    throw new PipelineError(redact(error.message, secrets), {
      code,
      kind,
      details: redactDeep(details, secrets),
    });
  }
};
