/** What becomes of events that were accepted for later. */
export interface AsyncInvokeConfig {
  /** After the first try; 0 to 2. */
  maximumRetryAttempts: number;
  maximumEventAgeSeconds: number;
  /** ARN of a queue. */
  onFailure?: string | undefined;
  onSuccess?: string | undefined;
}

/** A function as its template describes it. */
export interface FunctionConfig {
  name: string;
  arn: string;
  /** `dist/on-x/index.handler`: the export `handler` of `dist/on-x/index.mjs` below the code directory. */
  handler: string;
  codeDirectory: string;
  memoryMb: number;
  timeoutSeconds: number;
  environment: Record<string, string>;
  /** Most environments at once; the runner's own limit when absent. */
  reservedConcurrency?: number | undefined;
  asyncInvoke: AsyncInvokeConfig;
}

/** A queue that feeds a function. */
export interface EventSourceMapping {
  queueArn: string;
  functionName: string;
  batchSize: number;
  /** How long a batch may be gathered. */
  windowSeconds: number;
  /** Whether the function says which messages failed. */
  reportsItemFailures: boolean;
  maximumConcurrency?: number | undefined;
  enabled: boolean;
}

/** Lambda's own defaults. */
export const DEFAULT_ASYNC_INVOKE: AsyncInvokeConfig = {
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
};

/** A function's name, from its name or its ARN with or without a qualifier. */
export const functionNameOf = (nameOrArn: string): string =>
  /^arn:[^:]*:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
