import { PipelineError } from '@alluvium/contracts';
import type { ByteSource } from '@alluvium/embedding';
import {
  batchesOf,
  readProviderManifest,
  type BatchProvider,
  type ProviderDeps,
  type ProviderManifest,
} from '@alluvium/embedding-providers';
import { httpStatusOf } from '@alluvium/lambda-kit';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** Where a model's folder is. */
export interface ModelPlace {
  client: Pick<S3Client, 'send'>;
  bucket: string;
  modelId: string;
}

/** Reads objects of a model's folder. Errors: MODEL_MISSING. */
export const readFrom =
  ({ client, bucket, modelId }: ModelPlace) =>
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

export const prefixOf = ({ modelId }: ModelPlace): string => `models/${modelId}/`;
export const manifestKey = (from: ModelPlace): string => `${prefixOf(from)}manifest.json`;

/** The bytes of a model's manifest.json. */
export const readManifest = async (from: ModelPlace): Promise<Uint8Array> => {
  const source = await readFrom(from)(manifestKey(from));
  const chunks: Uint8Array[] = [];
  if (source instanceof Uint8Array) chunks.push(source);
  else for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const asBatches = (manifest: ProviderManifest): ProviderManifest => {
  const { kind } = manifest.provider;
  const provider = { ...manifest.provider, kind: kind === 'openai' ? 'openai-batch' : kind };
  return { ...manifest, provider };
};

/**
 * The provider that a model's batches lie with, also when its manifest asks synchronously by now. Errors: MODEL_MISSING, MODEL_INVALID.
 */
export const providerFromS3 =
  (source: () => Omit<ModelPlace, 'modelId'>, providers: ProviderDeps) =>
  async (modelId: string): Promise<BatchProvider> => {
    const manifest = readProviderManifest(await readManifest({ ...source(), modelId }));
    const batches = manifest && batchesOf(asBatches(manifest), providers);
    if (batches !== undefined) return batches;
    throw new PipelineError(`models/${modelId}/ is not of a provider that takes batches`, {
      ...{ code: 'MODEL_INVALID', kind: 'invalid', details: { modelId } },
    });
  };
