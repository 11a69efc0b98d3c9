import { PutObjectCommand, type GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** An S3 client without a network, and what was put through it. */
export interface MemoryS3 {
  client: S3Client;
  readonly stored: Map<string, Uint8Array>;
}

const httpError = (status: number): Error =>
  Object.assign(new Error(`HTTP ${status}`), { $metadata: { httpStatusCode: status } });

/** One bucket that gets and puts whole objects and honours If-None-Match; it fails like S3, with 404 and 412. */
export const memoryS3 = (): MemoryS3 => {
  const stored = new Map<string, Uint8Array>();
  const send = async (command: GetObjectCommand | PutObjectCommand): Promise<unknown> => {
    const key = command.input.Key ?? '';
    if (command instanceof PutObjectCommand) {
      if (command.input.IfNoneMatch === '*' && stored.has(key)) throw httpError(412);
      stored.set(key, command.input.Body as Uint8Array);
      return {};
    }
    const bytes = stored.get(key);
    if (bytes === undefined) throw httpError(404);
    return { Body: { transformToByteArray: async () => bytes } };
  };
  return { stored, client: { send } as unknown as S3Client };
};
