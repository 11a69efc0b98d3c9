import { PipelineError } from '@alluvium/contracts';

const refuse = (message: string, code: string, details: Record<string, unknown>): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid', details });

/** There never was such a version. */
export const versionUnknown = (indexPath: string, what: string, newest?: number): PipelineError =>
  refuse(
    `${indexPath} never had ${what}; ${newest === undefined ? 'nothing was published' : `the newest version is ${newest}`}`,
    'VERSION_UNKNOWN',
    { indexPath, newest },
  );

/** There was such a version, and retention let it go. */
export const versionExpired = (
  indexPath: string,
  what: string,
  oldest: { version: number; createdAt: string } | undefined,
): PipelineError =>
  refuse(
    `${what} of ${indexPath} is no longer kept; ` +
      (oldest === undefined
        ? 'none is'
        : `the oldest version that is kept is ${oldest.version} of ${oldest.createdAt}`),
    'VERSION_EXPIRED',
    { indexPath, oldest: oldest?.version },
  );

/** No version has this name. */
export const tagUnknown = (indexPath: string, name: string): PipelineError =>
  refuse(`${indexPath} has no tag "${name}"`, 'TAG_UNKNOWN', { indexPath, tag: name });

/** A text that names no version. */
export const asOfInvalid = (asOf: string): PipelineError =>
  refuse(`"${asOf}" is neither a version, nor a time as ISO 8601, nor a tag`, 'AS_OF_INVALID', { asOf });
