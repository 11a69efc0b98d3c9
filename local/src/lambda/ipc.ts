/** From the runner to an environment: one at a time. */
export interface InvokeMessage {
  type: 'invoke';
  requestId: string;
  event: unknown;
  functionArn: string;
  /** Milliseconds since the Unix epoch. */
  deadlineMs: number;
}

/** An error as Lambda reports it in a response. */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace: string[];
}

/** From an environment to the runner. */
export type EnvironmentMessage =
  | { type: 'ready' }
  | { type: 'init-failed'; error: FunctionError }
  | { type: 'succeeded'; requestId: string; payload: unknown }
  | { type: 'failed'; requestId: string; error: FunctionError }
  | { type: 'memory'; rssBytes: number };

/** Variables that the environment's process reads for itself. */
export const CODE_DIRECTORY = 'LAMBDA_TASK_ROOT';
export const HANDLER = '_HANDLER';
