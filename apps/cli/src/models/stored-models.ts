import { fetchModel, loadEmbedder, type ByteSource } from '@alluvium/embedding';
import { httpStatusOf, s3Client } from '@alluvium/lambda-kit';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { CliError, exitCodes } from '../cli-error.ts';
import { readAnyManifest, type AnyModel } from './any-manifest.ts';

/** A folder under `models/`. */
export interface StoredModel {
  id: string;
  /** Bytes of all its objects. */
  sizeBytes: number;
  /** Absent when the manifest is missing or broken. */
  model?: AnyModel;
  problem?: string;
}

/** What became of the check of a model. */
export interface CheckedModel {
  id: string;
  isSound: boolean;
  stamp?: string;
  /** Code and message of what is wrong. */
  problem?: { code: string; message: string };
}

const PREFIX = 'models/';

const read = async (bucket: string, key: string): Promise<ByteSource> => {
  const { Body } = await s3Client().send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  // A body of the Node client is a Readable; its chunks are bytes.
  return Body as unknown as ByteSource;
};

const sizesById = async (bucket: string): Promise<Map<string, number>> => {
  const sizes = new Map<string, number>();
  for (let token: string | undefined, isDone = false; !isDone; isDone = token === undefined) {
    const page = await s3Client().send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: PREFIX, ContinuationToken: token }),
    );
    for (const { Key = '', Size = 0 } of page.Contents ?? []) {
      const [id = ''] = Key.slice(PREFIX.length).split('/');
      if (id !== '') sizes.set(id, (sizes.get(id) ?? 0) + Size);
    }
    token = page.NextContinuationToken;
  }
  return sizes;
};

const readModel = async (bucket: string, id: string): Promise<AnyModel> => {
  const Key = `${PREFIX}${id}/manifest.json`;
  const { Body } = await s3Client().send(new GetObjectCommand({ Bucket: bucket, Key }));
  return readAnyManifest((await Body?.transformToByteArray()) ?? new Uint8Array(0));
};

const manifestOf = async (bucket: string, id: string): Promise<Partial<StoredModel>> => {
  try {
    return { model: await readModel(bucket, id) };
  } catch (error) {
    const isMissing = httpStatusOf(error) === 404;
    return { problem: isMissing ? 'it has no manifest.json' : (error as Error).message };
  }
};

/** The models of a bucket by id, broken ones as well. */
export const listModels = async (bucket: string): Promise<StoredModel[]> => {
  const sizes = [...(await sizesById(bucket))].sort(([a], [b]) => (a < b ? -1 : 1));
  return Promise.all(
    sizes.map(async ([id, sizeBytes]) => ({ id, sizeBytes, ...(await manifestOf(bucket, id)) })),
  );
};

const problemOf = (id: string, error: unknown): CheckedModel['problem'] => {
  if (httpStatusOf(error) === 404) return { code: 'MODEL_MISSING', message: `a file of ${id} is not there` };
  const { code, message } = error as Error & { code?: string };
  return { code: code ?? 'INTERNAL', message };
};

/**
 * Reads every file of a model, checks its hash, opens it and probes it; of a provider's model only the manifest, as
 * the provider is not asked. `tmpDirectory` must be empty, so that nothing is taken from an earlier download.
 */
export const checkModel = async (bucket: string, id: string, tmpDirectory: string): Promise<CheckedModel> => {
  try {
    const { stamp, files } = await readModel(bucket, id);
    if (Object.keys(files).length > 0) {
      const prefix = `${PREFIX}${id}/`;
      const directory = await fetchModel({ read: (key) => read(bucket, key), prefix, tmpDirectory });
      await (await loadEmbedder({ directory })).close();
    }
    return { id, isSound: true, stamp };
  } catch (error) {
    const problem = problemOf(id, error);
    return { id, isSound: false, ...(problem !== undefined && { problem }) };
  }
};

/** Ids of the models to look at: the one asked for, or all. Error: not found. */
export const chosenModels = async (bucket: string, id: string | undefined): Promise<string[]> => {
  const ids = [...(await sizesById(bucket)).keys()].sort();
  if (id === undefined) return ids;
  if (ids.includes(id)) return [id];
  throw new CliError(
    `There is no model "${id}".`,
    exitCodes.notFound,
    'See what there is: alluvium model ls',
  );
};
