interface BatchResponse {
  batchItemFailures?: unknown;
}

const identifierOf = (failure: unknown): unknown =>
  typeof failure === 'object' && failure !== null && 'itemIdentifier' in failure
    ? failure.itemIdentifier
    : undefined;

/**
 * Which messages of a batch failed by the function's own word. As on AWS, an answer without failures is a success
 * and one that cannot be understood fails the whole batch.
 */
export const failedMessageIds = (response: unknown, messageIds: readonly string[]): readonly string[] => {
  if (response === null || response === undefined) return [];
  if (typeof response !== 'object') return messageIds;
  const failures = (response as BatchResponse).batchItemFailures ?? [];
  if (!Array.isArray(failures)) return messageIds;
  const identifiers = failures.map(identifierOf);
  const understood = identifiers.every(
    (identifier) => typeof identifier === 'string' && messageIds.includes(identifier),
  );
  return understood ? (identifiers as string[]) : messageIds;
};
