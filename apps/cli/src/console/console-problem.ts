import type { ProblemV1 } from '@alluvium/contracts';
import { problemOf } from '@alluvium/lambda-kit';
import { CliError, exitCodes } from '../cli-error.ts';

const STATUS: Record<number, [status: number, title: string, code: string]> = {
  [exitCodes.usage]: [400, 'Bad Request', 'REQUEST_INVALID'],
  [exitCodes.notFound]: [404, 'Not Found', 'NOT_FOUND'],
  [exitCodes.conflict]: [409, 'Conflict', 'CONFLICT'],
  [exitCodes.unreachable]: [503, 'Service Unavailable', 'API_UNREACHABLE'],
};

/** How the console tells an error: as the HTTP API does, with what to do next where a command would say it. */
export const consoleProblem = (error: unknown): ProblemV1 => {
  if (!(error instanceof CliError)) return problemOf(error);
  const [status, title, code] = STATUS[error.exitCode] ?? [500, 'Internal Server Error', 'INTERNAL'];
  const detail = [error.message, error.next].filter((part) => part !== undefined).join(' ');
  return { type: `https://schemas.alluvium.invalid/problems/${code}`, title, status, code, detail };
};
