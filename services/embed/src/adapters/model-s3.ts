import { tmpdir } from 'node:os';
import { PipelineError } from '@alluvium/contracts';
import { fetchModel, loadEmbedder, type ByteSource } from '@alluvium/embedding';
import { httpStatusOf } from '@alluvium/lambda-kit';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Model, OpenModel } from '../ports.ts';

interface Source {
  client: Pick<S3Client, 'send'>;
  bucket: string;
  modelId: string;
}

const readFrom =
  ({ client, bucket, modelId }: Source) =>
  async (key: string): Promise<ByteSource> => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      // A body of the Node client is a Readable; its chunks are bytes.
      return Body as unknown as ByteSource;
    } catch (cause) {
      // A role that may not list the bucket is told 403 of what is not there.
      if (httpStatusOf(cause) !== 404 && httpStatusOf(cause) !== 403) throw cause;
      throw new PipelineError(`s3://${bucket}/${key} of the model ${modelId} is not there: upload it first`, {
        code: 'MODEL_MISSING',
        kind: 'unavailable',
        details: { modelId, key },
        cause,
      });
    }
  };

/**
 * The model under `models/<modelId>/`, brought to the function's disk and opened once in its life. A failure is not kept: the
 * next event tries again.
 */
export const modelFromS3 = (source: () => Source): OpenModel => {
  let opening: Promise<Model> | undefined;
  const open = async (): Promise<Model> => {
    const from = source();
    const directory = await fetchModel({
      read: readFrom(from),
      prefix: `models/${from.modelId}/`,
      tmpDirectory: tmpdir(),
    });
    return loadEmbedder({ directory });
  };
  return () => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
};
