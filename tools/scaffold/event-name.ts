/** A call that cannot be meant as it is written; told to the caller as what and what next. */
export class ScaffoldError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.name = 'ScaffoldError';
    this.exitCode = exitCode;
  }
}

export const exitCodes = { usage: 2, notFound: 3, conflict: 4 } as const;

const NAME = /^[a-z]+(?:-[a-z]+)*\.(?:[a-z]+-)*[a-z]+$/;
// Regular ones, and the irregular ones that end in n or t: begun, written, sent, built.
const PAST_PARTICIPLE = /(?:ed|[nt])$/;

/** `documents.delete-requested` as it is; throws on what is no `<noun>.<past-participle>`. */
export const checkEventName = (name: string): string => {
  if (!NAME.test(name))
    throw new ScaffoldError(
      `"${name}" is not <noun>.<past-participle>, as in text.measured; a version goes into --version.`,
      exitCodes.usage,
    );
  if (!PAST_PARTICIPLE.test(name))
    throw new ScaffoldError(
      `"${name}" does not end in a past participle: an event says what has happened, as in text.measured.`,
      exitCodes.usage,
    );
  return name;
};

/** A positive whole number. */
export const checkVersion = (text: string): number => {
  if (!/^[1-9][0-9]{0,2}$/.test(text))
    throw new ScaffoldError(`--version takes a whole number from 1, not "${text}".`, exitCodes.usage);
  return Number(text);
};
