import {
  appliedPartsV1,
  chunkedDocumentV1,
  chunksCreatedV1,
  deltaCreatedV1,
  embeddingBatchPollRequestedV1,
  makeEvent,
  snapshotPublishedV1,
  type ChunksCreatedV1,
} from '@alluvium/contracts';
import { batchesOf, type ProviderManifest } from '@alluvium/embedding-providers';
import { delivered, sqsEvent, startFakeOpenAi, testContext, type FakeOpenAiOptions } from '@alluvium/testkit';
import { makeHandler as onChunks } from '../../src/handlers/on-chunks-created.ts';
import { makeHandler as onPoll } from '../../src/handlers/on-embedding-batch-poll-requested.ts';
import { makeHandler as onSchedule } from '../../src/handlers/on-schedule.ts';
import { makeHandler as onSnapshot } from '../../src/handlers/on-snapshot-published.ts';
import type { EmbedDeps } from '../../src/ports.ts';
import { documentOf, RUN } from '../fixtures.ts';
import { batchModel, makeWorld } from './world.ts';

export const TEXTS = ['river', 'stone', 'oven', 'bread'];
export const DAY_MS = 86_400_000;

const manifestOf = (baseUrl: string): ProviderManifest => ({
  format: 'embedding-provider/1',
  ...{ id: 'small', dimensions: 8, max_tokens: 8192, query_prefix: '', passage_prefix: '' },
  provider: { kind: 'openai-batch', model: 'text-embedding-3-small', baseUrl, secret: 'openai-api-key' },
});

/** The embed service with a model of a provider, the provider's API, and one part with four passages. */
export const batchRun = async (options: FakeOpenAiOptions = {}) => {
  const api = await startFakeOpenAi(options);
  const provider = batchesOf(manifestOf(api.baseUrl), {
    ...{ fetch, secrets: async () => api.key, random: () => 0 },
    clock: { nowMs: api.nowMs, pause: async () => undefined },
    bedrock: () => Promise.reject(new Error('no Bedrock here')),
  })!;
  const world = makeWorld({ provider });
  const { deps, runtime, bus, objects } = world;
  const documents = [
    documentOf('a.md', TEXTS.slice(0, 2)),
    documentOf('gone.md', [], { deleted: true }),
    documentOf('b.md', TEXTS.slice(2)),
  ];
  const chunks = await objects.writeRecords(chunkedDocumentV1, 'chunks/docs/3.jsonl.gz', documents);
  const eventOf = (rest: Partial<ChunksCreatedV1['data']> = {}) =>
    makeEvent(
      chunksCreatedV1,
      { ...RUN, records: 4, documents: 3, chunks, ...rest },
      { correlationId: RUN.runId },
      runtime.origin,
    );
  const using = (changed: Partial<EmbedDeps> = {}): EmbedDeps => ({ ...deps, ...changed });
  const handle = async (
    event = eventOf(),
    { receives = 1, changed = {} }: { receives?: number; changed?: Partial<EmbedDeps> } = {},
  ) => onChunks(using(changed))(sqsEvent([delivered(event)], receives), testContext());

  /** The schedule ticks, and every poll that it asks for is done, `times` times each. */
  const tick = async (times = 1, changed: Partial<EmbedDeps> = {}): Promise<number> => {
    const before = bus.events.length;
    await onSchedule(using(changed))({}, testContext());
    const polls = bus.events
      .slice(before)
      .filter(({ detailType }) => detailType === embeddingBatchPollRequestedV1.name);
    let failures = 0;
    for (const poll of polls)
      for (let time = 0; time < times; time += 1) {
        const answer = await onPoll(using(changed))(sqsEvent([delivered(poll)]), testContext());
        failures += answer.batchItemFailures.length;
      }
    return failures;
  };

  const advance = (ms: number): void => {
    api.advance(ms);
    runtime.advance(ms);
  };

  /** A snapshot takes the deltas that were announced. */
  const publishSnapshot = async (version = 7, kind = 'commit'): Promise<void> => {
    const created = bus.dataOf(deltaCreatedV1);
    const parts = created.map(({ runId, attempt, part, deltaId }) => ({ runId, attempt, part, deltaId }));
    const applied = await objects.writeDocument(appliedPartsV1, `applied/${version}`, {
      ...{ collection: 'docs', parts },
    });
    const data = {
      ...{ collection: 'docs', version, publishId: runtime.origin.newEventId(), fence: 1, kind },
      index: created[0]?.index ?? { path: 'indexes/docs/model=m@0/dims=8/', modelId: 'm@0', dims: 8 },
      ...{ publishedAt: '2026-03-01T12:00:00.000Z', counts: { documents: 1, chunks: 1 }, applied },
    };
    const event = makeEvent(snapshotPublishedV1, data, { correlationId: 'another-run' }, runtime.origin);
    await onSnapshot(deps)(delivered(event), testContext());
  };

  return { ...world, api, provider, eventOf, handle, tick, advance, publishSnapshot, batchModel };
};
