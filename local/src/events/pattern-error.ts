import { awsError } from '../common/aws-json.ts';

/** Throws INVALID_EVENT_PATTERN, worded as AWS does. */
export const refusePattern = (reason: string): never => {
  throw awsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
};
