import { devNull } from 'node:os';
import path from 'node:path';
import type { FunctionConfig } from './function-config.ts';
import { CODE_DIRECTORY, HANDLER } from './ipc.ts';

/** The four services' addresses, `http://127.0.0.1:<port>`. */
export interface ServiceEndpoints {
  s3: string;
  sqs: string;
  dynamodb: string;
  eventbridge: string;
}

/** Any pair is taken by the local services; they also sign and check presigned URLs. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** What of the machine's own environment a function may see. */
const INHERITED = new Set(['PATH', 'SystemRoot', 'LD_LIBRARY_PATH']);
/** Secrets of sources, which a deployed function reads from Secrets Manager. */
const SECRET_PREFIX = 'ALLUVIUM_SECRET_';

const inherited = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && (INHERITED.has(name) || name.startsWith(SECRET_PREFIX)) ? [[name, value]] : [],
    ),
  );

/** The variables of one execution environment: Lambda's own, the function's, and where the services are. */
export const environmentVariables = (
  { name, handler, codeDirectory, memoryMb, environment }: FunctionConfig,
  { region, endpoints, tmpDirectory, id }: VariablesContext,
): Record<string, string> => ({
  ...inherited(),
  TZ: 'UTC',
  LANG: 'en_US.UTF-8',
  TMPDIR: tmpDirectory,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
  AWS_EC2_METADATA_DISABLED: 'true',
  // the user's own profile must not change where a function's calls go
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_ENDPOINT_URL_S3: endpoints.s3,
  AWS_ENDPOINT_URL_SQS: endpoints.sqs,
  AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
  AWS_ENDPOINT_URL_EVENTBRIDGE: endpoints.eventbridge,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: `local/[$LATEST]${id}`,
  ...environment,
  [HANDLER]: handler,
  [CODE_DIRECTORY]: path.resolve(codeDirectory),
});

export interface VariablesContext {
  region: string;
  endpoints: ServiceEndpoints;
  /** The environment's own `/tmp`. */
  tmpDirectory: string;
  id: string;
}
