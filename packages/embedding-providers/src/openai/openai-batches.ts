import { hasCode, type FailureV1 } from '@alluvium/contracts';
import type { BatchProgress, BatchProvider, EndedBatch } from '../batch-port.ts';
import { embeddingModelOf, endpointOf, passageInput } from '../embedder-of.ts';
import type { ProviderDeps } from '../ports.ts';
import { badOutput } from '../provider-errors.ts';
import { providerStamp, type ProviderManifest } from '../provider-manifest.ts';
import { batchFile } from './batch-file.ts';
import { noResults, readBatchLines } from './batch-output.ts';
import { openAiApi, type OpenAiApi } from './openai-api.ts';
import { refusalOf, type Complaint } from './refusal.ts';

/** Name of our key in a batch's metadata. */
const METADATA_KEY = 'alluvium_batch';
const PAGE = 100;
/** Pages of a list that are looked through: an installation creates far fewer batches in the time that matters. */
const MAX_PAGES = 50;
/** The provider's clock may be behind ours. */
const SKEW_MS = 600_000;

interface Batch {
  id: string;
  input_file_id: string;
  status: string;
  created_at: number;
  output_file_id?: string | null;
  error_file_id?: string | null;
  errors?: { data?: Complaint[] } | null;
  metadata?: Record<string, string> | null;
}

const idOf = (answer: unknown, what: string): string => {
  const { id } = (answer ?? {}) as { id?: unknown };
  if (typeof id === 'string' && id !== '') return id;
  throw badOutput(`The answer names no ${what}`);
};

const ENDED = ['completed', 'failed', 'expired', 'cancelled'] as const;
type Outcome = EndedBatch['outcome'];

const isEnded = (status: string): status is Outcome => ENDED.includes(status as Outcome);

const errorOf = ({ errors }: Batch): FailureV1 | undefined => {
  const [first] = errors?.data ?? [];
  return first && refusalOf(first);
};

// A status that is not known yet is one of a batch that goes on.
const progressOf = (batch: Batch): BatchProgress => {
  if (!isEnded(batch.status)) return { state: 'running' };
  const { output_file_id: outputFileId, error_file_id: errorFileId } = batch;
  const error = errorOf(batch);
  return {
    ...{ state: 'ended', outcome: batch.status },
    ...(typeof outputFileId === 'string' && outputFileId !== '' && { outputFileId }),
    ...(typeof errorFileId === 'string' && errorFileId !== '' && { errorFileId }),
    ...(error !== undefined && { error }),
  };
};

const upload = async (api: OpenAiApi, key: string, bytes: Uint8Array): Promise<string> => {
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new Blob([Uint8Array.from(bytes)], { type: 'application/jsonl' }), `${key}.jsonl`);
  return idOf(await api.json({ method: 'POST', path: '/files', form }), 'file');
};

const listPage = async (
  api: OpenAiApi,
  after: string | undefined,
): Promise<{ data: Batch[]; more: boolean }> => {
  const cursor = after === undefined ? '' : `&after=${encodeURIComponent(after)}`;
  const answer = await api.json({ method: 'GET', path: `/batches?limit=${PAGE}${cursor}` });
  const { data, has_more: more } = (answer ?? {}) as { data?: unknown; has_more?: unknown };
  if (!Array.isArray(data)) throw badOutput('The list of batches has no data');
  return { data: data as Batch[], more: more === true };
};

// The newest come first.
const findBatch = async (api: OpenAiApi, key: string, sinceMs: number): Promise<string | undefined> => {
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { data, more } = await listPage(api, after);
    const found = data.find(({ metadata }) => metadata?.[METADATA_KEY] === key);
    if (found !== undefined) return found.id;
    const last = data.at(-1);
    if (!more || last === undefined || last.created_at * 1000 < sinceMs - SKEW_MS) return undefined;
    after = last.id;
  }
  return undefined;
};

const deleteFile = async (api: OpenAiApi, fileId: string): Promise<void> => {
  try {
    await api.json({ method: 'DELETE', path: `/files/${encodeURIComponent(fileId)}` });
  } catch (error) {
    if (!hasCode(error, 'PROVIDER_NOT_FOUND')) throw error;
  }
};

const readBatch = async (api: OpenAiApi, providerBatchId: string): Promise<Batch> =>
  (await api.json({ method: 'GET', path: `/batches/${encodeURIComponent(providerBatchId)}` })) as Batch;

/**
 * The batch API of OpenAI and those compatible with it: half the price, an answer within 24 hours.
 * Errors: those of OpenAiApi, BATCH_TOO_LARGE, TEXT_EMPTY, PROVIDER_OUTPUT_INVALID.
 */
export const openAiBatches = (manifest: ProviderManifest, deps: ProviderDeps): BatchProvider => {
  const api = openAiApi(endpointOf(manifest), deps);
  const dims = manifest.dimensions;
  const contentOf = (fileId: string): Promise<Uint8Array> =>
    api.bytes({ method: 'GET', path: `/files/${encodeURIComponent(fileId)}/content` });
  return {
    ...{ kind: 'openai', stamp: providerStamp(manifest), dims },
    create: async (key, texts) => {
      const inputs = texts.map(({ id, text }) => ({ id, text: passageInput(manifest, text) }));
      const input_file_id = await upload(api, key, batchFile(embeddingModelOf(manifest), inputs));
      const json = {
        ...{ input_file_id, endpoint: '/v1/embeddings', completion_window: '24h' },
        metadata: { [METADATA_KEY]: key },
      };
      return idOf(await api.json({ method: 'POST', path: '/batches', json, buys: true }), 'batch');
    },
    find: (key, sinceMs) => findBatch(api, key, sinceMs),
    look: async (providerBatchId) => progressOf(await readBatch(api, providerBatchId)),
    forget: async (providerBatchId) => {
      const { input_file_id, output_file_id, error_file_id } = await readBatch(api, providerBatchId);
      for (const fileId of [input_file_id, output_file_id, error_file_id])
        if (typeof fileId === 'string' && fileId !== '') await deleteFile(api, fileId);
    },
    results: async ({ outputFileId, errorFileId }, asked) => {
      const results = noResults();
      for (const fileId of [outputFileId, errorFileId])
        if (fileId !== undefined) readBatchLines(results, await contentOf(fileId), { asked, dims });
      return results;
    },
  };
};
