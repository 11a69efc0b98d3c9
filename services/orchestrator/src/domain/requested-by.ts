const MAX_NAME = 128;

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

/** Who sent a request, as the authorizer names him: the name of the API key, or the ARN of who signed for IAM. */
export const requestedByOf = (event: unknown): string => {
  const authorizer = field(field(event, 'requestContext'), 'authorizer');
  const names = [
    field(field(authorizer, 'lambda'), 'name'),
    field(field(authorizer, 'iam'), 'userArn'),
    'unknown',
  ];
  return String(names.find((name) => typeof name === 'string' && name !== '')).slice(-MAX_NAME);
};
