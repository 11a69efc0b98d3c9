import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CliError, exitCodes } from './cli-error.ts';

/** Which stack commands shall talk to, where it is said. */
export interface StackChoice {
  /** Base URL of the HTTP API. */
  endpoint?: string;
  /** Name in the file of profiles. */
  profile?: string;
}

/** A stack by name: what `~/.alluvium/profiles.json` keeps. */
export interface Profile {
  endpoint: string;
  apiKey?: string;
  bucket?: string;
  eventBus?: string;
  region?: string;
  keysTable?: string;
}

let chosen: StackChoice = {};

/** Remembers what the command line said; {@link stackChoice} tells it. */
export const chooseStack = (choice: StackChoice): void => {
  chosen = choice;
};

/** What the command line said, else ALLUVIUM_PROFILE. */
export const stackChoice = (): StackChoice => {
  const { ALLUVIUM_PROFILE: profile } = process.env;
  const isOpen = chosen.endpoint === undefined && chosen.profile === undefined;
  return isOpen && profile !== undefined ? { profile } : chosen;
};

/** Where profiles are kept. */
export const profilesFile = (): string => join(homedir(), '.alluvium', 'profiles.json');

/** The URL without its last slash. Error: usage, when it is none of HTTP. */
export const endpointOf = (endpoint: string): string => {
  if (URL.canParse(endpoint) && /^https?:/.test(endpoint)) return endpoint.replace(/\/$/, '');
  throw new CliError(
    `--endpoint ${endpoint} is no URL.`,
    exitCodes.usage,
    'Write --endpoint https://<id>.execute-api.<region>.amazonaws.com',
  );
};

const isProfile = (value: unknown): value is Profile =>
  typeof value === 'object' && value !== null && typeof (value as Profile).endpoint === 'string';

const readProfiles = (file: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new CliError(`${file} cannot be read as JSON.`, exitCodes.usage, 'Mend it, or take it away.');
  }
};

/** The profile of that name. Errors: not found; usage, when the file is broken. */
export const readProfile = (name: string): Profile => {
  const file = profilesFile();
  const profiles = readProfiles(file);
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (isProfile(found)) return found;
  const known = Object.keys(profiles).join(', ') || 'none';
  throw new CliError(
    `${file} has no profile "${name}" with an endpoint; those that it has: ${known}.`,
    exitCodes.notFound,
    `Write there: {"${name}": {"endpoint": "https://…", "apiKey": "alv_…"}}`,
  );
};
