import { SCOPES, type ApiKeyRecord, type Scope } from '@alluvium/lambda-kit';
import { CliError, exitCodes } from '../cli-error.ts';

/** What `alluvium keys create` is given. */
export interface KeyOptions {
  name: string;
  scope: string[];
  collection?: string[];
  expires?: string;
  rate?: string;
  burst?: string;
}

type Described = Omit<ApiKeyRecord, 'keyId' | 'hash'>;

const DAY_MS = 86_400_000;
const COLLECTION = /^[a-z0-9][a-z0-9-]{0,62}$/;

const refuse = (message: string): CliError => new CliError(message, exitCodes.usage);

const scopesOf = (given: string[]): Scope[] => {
  const wrong = given.find((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (wrong !== undefined) throw refuse(`There is no scope "${wrong}": take ${SCOPES.join(', ')}.`);
  return given as Scope[];
};

const collectionsOf = (given: string[]): string[] => {
  const wrong = given.find((name) => !COLLECTION.test(name));
  if (wrong !== undefined) throw refuse(`"${wrong}" is no name of a collection.`);
  return given;
};

const expiryOf = (text: string, nowMs: number): string => {
  const [, days] = /^(\d{1,4})d$/.exec(text) ?? [];
  const timeMs = days === undefined ? Date.parse(text) : nowMs + Number(days) * DAY_MS;
  if (!(timeMs > nowMs)) throw refuse(`--expires takes days such as 90d, or a time to come, not "${text}".`);
  return new Date(timeMs).toISOString();
};

const positive = (name: string, text: string): number => {
  const value = Number(text);
  if (value > 0 && value <= 10_000) return value;
  throw refuse(`--${name} takes a number above 0, not "${text}".`);
};

const limitsOf = ({ rate, burst }: KeyOptions): Pick<ApiKeyRecord, 'ratePerSecond' | 'burst'> => {
  if (burst !== undefined && rate === undefined) throw refuse('--burst goes with --rate.');
  if (burst !== undefined && positive('burst', burst) < 1) throw refuse('--burst takes a number from 1.');
  return {
    ...(rate !== undefined && { ratePerSecond: positive('rate', rate) }),
    ...(burst !== undefined && { burst: positive('burst', burst) }),
  };
};

/** The record that options describe, but for the key itself. Errors: usage. */
export const describeKey = (options: KeyOptions, nowMs: number): Described => ({
  name: options.name,
  scopes: scopesOf(options.scope),
  ...(options.collection && { collections: collectionsOf(options.collection) }),
  createdAt: new Date(nowMs).toISOString(),
  ...(options.expires !== undefined && { expiresAt: expiryOf(options.expires, nowMs) }),
  ...limitsOf(options),
});

/** `good`, or why a key is not. */
export const stateOf = ({ revokedAt, expiresAt }: ApiKeyRecord, nowMs: number): string => {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt !== undefined && Date.parse(expiresAt) <= nowMs ? 'expired' : 'good';
};
