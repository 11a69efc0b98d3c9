/** An error as DynamoDB puts it on the wire. dynalite's own errors have the same shape. */
export interface ApiError extends Error {
  statusCode: number;
  body: { __type: string; message?: string; [field: string]: unknown };
}

const DYNAMODB = 'com.amazonaws.dynamodb.v20120810#';

export const isApiError = (error: unknown): error is ApiError =>
  typeof error === 'object' && error !== null && 'statusCode' in error && 'body' in error;

/** `name` is the exception's short name, such as `ResourceInUseException`. */
export const apiError = (name: string, message: string, extra: object = {}): ApiError =>
  Object.assign(new Error(message), {
    statusCode: 400,
    body: { __type: `${DYNAMODB}${name}`, message, ...extra },
  });

export const validationError = (message: string): ApiError =>
  Object.assign(new Error(message), {
    statusCode: 400,
    body: { __type: 'com.amazon.coral.validate#ValidationException', message },
  });

export const notFoundError = (detail?: string): ApiError =>
  apiError(
    'ResourceNotFoundException',
    detail === undefined ? 'Requested resource not found' : `Requested resource not found: ${detail}`,
  );

export const isConditionFailure = (error: unknown): error is ApiError =>
  isApiError(error) && error.body.__type.endsWith('#ConditionalCheckFailedException');
