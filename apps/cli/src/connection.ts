import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CliError, exitCodes } from './cli-error.ts';
import { endpointOf, readProfile, stackChoice, type Profile } from './stack-choice.ts';

/** Where a stack answers. */
export interface Connection {
  /** Base URL of the HTTP API. */
  api: string;
  bucket: string;
  eventBus: string;
  region: string;
  /** Endpoints of the laptop's services by AWS_ENDPOINT_URL_<NAME>; empty for AWS itself. */
  awsEndpoints: Record<string, string>;
  /** Sent with every request; absent where none is known. */
  apiKey?: string;
  /** Where keys are kept. */
  keysTable?: string;
  /** Where the console is. */
  console?: string;
  /** Process that runs the laptop cloud. */
  pid?: number;
}

/** Where the laptop cloud keeps its data, below the project it serves. */
export const STATE_FOLDER = join('.alluvium', 'cloud');

/** File in the state folder by which `alluvium up` tells the other commands where it answers. */
export const CONNECTION_FILE = 'connection.json';

const findUpwards = (file: string): string | undefined => {
  for (let folder = resolve('.'); ; folder = dirname(folder)) {
    const candidate = join(folder, file);
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
};

const profileOfEnvironment = (endpoint: string): Profile => {
  const {
    ALLUVIUM_BUCKET: bucket,
    ALLUVIUM_EVENT_BUS: eventBus,
    ALLUVIUM_KEYS_TABLE: keysTable,
  } = process.env;
  return {
    endpoint,
    ...(bucket !== undefined && { bucket }),
    ...(eventBus !== undefined && { eventBus }),
    ...(keysTable !== undefined && { keysTable }),
  };
};

const stackNamed = (profile: Profile): Connection => {
  // A key in the environment stays out of the list of processes and of the shell's history.
  const apiKey = process.env['ALLUVIUM_API_KEY'] ?? profile.apiKey;
  const { endpoint, bucket = '', eventBus = '', keysTable } = profile;
  return {
    ...{ api: endpointOf(endpoint), bucket, eventBus, awsEndpoints: {} },
    region: profile.region ?? process.env['AWS_REGION'] ?? 'eu-west-1',
    ...(apiKey !== undefined && { apiKey }),
    ...(keysTable !== undefined && { keysTable }),
  };
};

const givenStack = (): Connection | undefined => {
  const { endpoint, profile } = stackChoice();
  if (endpoint !== undefined && profile !== undefined)
    throw new CliError('--endpoint and --profile are two ways to name a stack.', exitCodes.usage);
  if (endpoint !== undefined) return stackNamed(profileOfEnvironment(endpoint));
  if (profile !== undefined) return stackNamed(readProfile(profile));
  const { ALLUVIUM_API_URL: api } = process.env;
  return api === undefined ? undefined : stackNamed(profileOfEnvironment(api));
};

const findFile = (): string | undefined => {
  const { ALLUVIUM_STATE: state } = process.env;
  if (state === undefined) return findUpwards(join(STATE_FOLDER, CONNECTION_FILE));
  const file = join(state, CONNECTION_FILE);
  return existsSync(file) ? file : undefined;
};

/**
 * The stack that commands talk to: that of --endpoint or --profile, else ALLUVIUM_API_URL, else the one that keeps its data in
 * ALLUVIUM_STATE, else the one that `alluvium up` runs here.
 */
export const connect = (): Connection => {
  const given = givenStack();
  if (given !== undefined) return given;
  const file = findFile();
  if (file === undefined) {
    throw new CliError('No running stack was found here.', exitCodes.unreachable, 'Start one: alluvium up');
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Connection;
};

/** Points the AWS SDK of this process at the stack. */
export const useAws = ({ region, awsEndpoints }: Connection): void => {
  process.env['AWS_REGION'] = region;
  if (Object.keys(awsEndpoints).length === 0) return;
  Object.assign(process.env, awsEndpoints, {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: '',
  });
};
