import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CliError, exitCodes } from './cli-error.ts';

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

const fromEnvironment = (): Connection | undefined => {
  const { ALLUVIUM_API_URL: api, ALLUVIUM_BUCKET: bucket, ALLUVIUM_EVENT_BUS: eventBus } = process.env;
  if (api === undefined) return undefined;
  const region = process.env['AWS_REGION'] ?? 'eu-west-1';
  const { ALLUVIUM_API_KEY: apiKey, ALLUVIUM_KEYS_TABLE: keysTable } = process.env;
  return {
    ...{ api, bucket: bucket ?? '', eventBus: eventBus ?? '', region, awsEndpoints: {} },
    ...(apiKey !== undefined && { apiKey }),
    ...(keysTable !== undefined && { keysTable }),
  };
};

const findFile = (): string | undefined => {
  const { ALLUVIUM_STATE: state } = process.env;
  if (state === undefined) return findUpwards(join(STATE_FOLDER, CONNECTION_FILE));
  const file = join(state, CONNECTION_FILE);
  return existsSync(file) ? file : undefined;
};

/**
 * The stack that commands talk to: ALLUVIUM_API_URL, else the one that keeps its data in ALLUVIUM_STATE, else the one that
 * `alluvium up` runs here.
 */
export const connect = (): Connection => {
  const given = fromEnvironment();
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
