/** Exit codes of every command. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  unreachable: 5,
  interrupted: 130,
} as const;

/** A failure told as what happened, why, and what to do next. */
export class CliError extends Error {
  readonly exitCode: number;
  readonly next: string | undefined;

  constructor(message: string, exitCode: number, next?: string) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.next = next;
  }
}
