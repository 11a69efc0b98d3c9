import type { PipelineError } from '@alluvium/contracts';
import { awsError } from '../common/aws-json.ts';

const LEGACY = 'AWS.SimpleQueueService.';

/** Errors that AWS renamed for the JSON protocol keep their old name as the query code. */
const legacy = (type: string, message: string, oldName = type): PipelineError =>
  awsError(type, message, { queryCode: LEGACY + oldName });

export const queueDoesNotExist = (): PipelineError =>
  legacy('QueueDoesNotExist', 'The specified queue does not exist.', 'NonExistentQueue');

export const queueNameExists = (attribute: string): PipelineError =>
  awsError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
    { queryCode: 'QueueAlreadyExists' },
  );

export const missingParameter = (name: string): PipelineError =>
  awsError('MissingRequiredParameterException', `The request must contain the parameter ${name}.`, {
    queryCode: 'MissingParameter',
  });

export const invalidParameter = (message: string): PipelineError =>
  awsError('InvalidParameterValueException', message, { queryCode: 'InvalidParameterValue' });

/** The sentence AWS uses when one named value is refused. */
export const invalidValue = (name: string, value: unknown, reason: string): PipelineError =>
  invalidParameter(`Value ${String(value)} for parameter ${name} is invalid. Reason: ${reason}`);

export const invalidAttributeName = (name: string): PipelineError =>
  awsError('InvalidAttributeName', `Unknown Attribute ${name}.`);

export const invalidAttributeValue = (name: string): PipelineError =>
  awsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);

export const invalidMessageContents = (): PipelineError =>
  awsError(
    'InvalidMessageContents',
    'Invalid binary character was found in the message body, the set of allowed characters is #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
  );

export const receiptHandleIsInvalid = (handle: string): PipelineError =>
  awsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`, {
    status: 404,
  });

export const messageNotInflight = (): PipelineError =>
  legacy('MessageNotInflight', 'The specified message is not in flight.');

export const purgeQueueInProgress = (name: string): PipelineError =>
  legacy('PurgeQueueInProgress', `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`);

export const emptyBatchRequest = (): PipelineError =>
  legacy('EmptyBatchRequest', 'There should be at least one entry in the request.');

export const tooManyEntries = (count: number): PipelineError =>
  legacy(
    'TooManyEntriesInBatchRequest',
    `Maximum number of entries per request are 10. You have sent ${count}.`,
  );

export const idsNotDistinct = (id: string): PipelineError =>
  legacy('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);

export const invalidBatchEntryId = (): PipelineError =>
  legacy(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
  );

export const batchRequestTooLong = (maxBytes: number, sizeBytes: number): PipelineError =>
  legacy(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${maxBytes} bytes. You have sent ${sizeBytes} bytes.`,
  );

export const resourceNotFound = (message: string): PipelineError =>
  awsError('ResourceNotFoundException', message, { status: 404 });

export const unsupportedOperation = (message: string): PipelineError =>
  legacy('UnsupportedOperation', message);
