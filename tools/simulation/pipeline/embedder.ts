import '../environment.ts';
import {
  chunkedDocumentV1,
  chunksCreatedV1,
  deltaCreatedV1,
  indexPathOf,
  partFailedV1,
  type ChunksCreatedV1,
  type DeltaCreatedV1,
} from '@alluvium/contracts';
import { failureOf, onQueue, s3Objects, type Objects, type QueueHandler } from '@alluvium/lambda-kit';
import type { VirtualProcess } from '@alluvium/testkit/simulation';
import { encodeDelta } from '@alluvium/vector-store';
import { deltaDocuments, passagesOf } from '../../../services/embed/src/domain/delta-documents.ts';
import { deltaIdentity, deltaKey } from '../../../services/embed/src/domain/delta-identity.ts';
import { processRuntime } from '../actors/process-runtime.ts';
import { BUCKET } from '../environment.ts';
import type { Services } from '../services.ts';
import { tinyModel } from './pipeline-process.ts';

const embed = async (objects: Objects, data: ChunksCreatedV1['data']): Promise<DeltaCreatedV1['data']> => {
  const { runId, attempt, part, collection } = data;
  const { stamp, dims } = tinyModel;
  const chunked = await objects.readRecords(chunkedDocumentV1, data.chunks);
  const documents = deltaDocuments(chunked, tinyModel.embedPassages(passagesOf(chunked)));
  const identity = { deltaId: deltaIdentity(data, stamp), collection, runId, part };
  const bytes = encodeDelta({ ...identity, attempt, model: { id: stamp, dims }, documents });
  return {
    ...{ ...identity, attempt },
    index: { path: indexPathOf(collection, stamp, dims), modelId: stamp, dims },
    documents: documents.length,
    records: documents.reduce((sum, { chunks }) => sum + chunks.length, 0),
    delta: await objects.writeBytes('delta.v1', deltaKey(identity), bytes),
  };
};

/** Makes deltas of chunks as embed does with a model of its own, the model apart. */
export const onChunksCreated = (process: VirtualProcess, services: Services): QueueHandler => {
  const { runtime, bus } = processRuntime(process, services, 'embed');
  const objects = s3Objects({ client: services.s3.clientOf(process, services.weather), bucket: BUCKET });
  return onQueue(chunksCreatedV1, runtime, ({ data, metadata }, error) => {
    const { runId, attempt, part, collection } = data;
    const failed = { runId, attempt, part, collection, stage: 'embed', error: failureOf(error) };
    return bus.publish(partFailedV1, failed, metadata);
  }).run(async ({ data, metadata }) => bus.publish(deltaCreatedV1, await embed(objects, data), metadata));
};
