import type { PipelineError } from '@alluvium/contracts';
import { awsError } from '../common/aws-json.ts';

export const validationError = (message: string): PipelineError => awsError('ValidationException', message);

/** The sentence AWS uses when a member breaks the bounds of the model. */
export const constraintError = (value: string, member: string, constraint: string): PipelineError =>
  validationError(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${constraint}`,
  );

export const required = <T>(value: T | undefined, member: string): T => {
  if (value === undefined) throw constraintError('null', member, 'not be null');
  return value;
};

export const busNotFound = (name: string): PipelineError =>
  awsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);

export const ruleNotFound = (name: string, bus: string): PipelineError =>
  awsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${bus}.`);

export const notFound = (what: string): PipelineError =>
  awsError('ResourceNotFoundException', `${what} does not exist.`);

export const alreadyExists = (what: string): PipelineError =>
  awsError('ResourceAlreadyExistsException', `${what} already exists.`);

export const limitExceeded = (): PipelineError =>
  awsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');

export const illegalStatus = (message: string): PipelineError => awsError('IllegalStatusException', message);
