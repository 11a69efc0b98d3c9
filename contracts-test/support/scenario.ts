import { sha256Hex, type DeltaCreatedV1, type UploadManifestV1 } from '@alluvium/contracts';
import { events } from '@alluvium/contracts/catalogue';
import type { OutgoingEvent } from '@alluvium/contracts';
import { embedInBatches } from './embed-in-batches.ts';
import { httpRequest, postRequest } from './http-requests.ts';
import { operateOnIndex } from './operate-on-index.ts';
import { pointersIn } from './pointers.ts';
import type { Installation } from './installation.ts';
import { loadServices } from './services.ts';

const UPLOADED_AT = '2026-03-01T11:00:00.000Z';
const LAST_RECEIVE = 5;

const FILES: Record<string, string | Uint8Array> = {
  'guides/start.md': `# Start\n\n${'Deltas settle into snapshots. '.repeat(40)}`,
  'people.jsonl':
    '{"id":"1","title":"Ada","text":"Ada wrote programs."}\n{"id":"2","title":"Bo","text":"Bo reads."}\n',
  // Not UTF-8: it is left out, and the run says so.
  'broken.md': Uint8Array.of(0xff, 0xfe, 0xff),
};

/** Puts an upload into the inbox, its manifest last; gives the manifest's key. */
export const putUpload = ({ stored }: Installation, uploadId: string, files = FILES): string => {
  const listed = Object.entries(files).map(([path, content]) => {
    const bytes = Buffer.from(content);
    stored.set(`inbox/docs/${uploadId}/${path}`, bytes);
    return { path, bytes: bytes.length, sha256: sha256Hex(bytes) };
  });
  const upload: UploadManifestV1 = {
    ...{ collection: 'docs', uploadId, source: 'files' },
    ...{ createdAt: UPLOADED_AT, files: listed },
  };
  const key = `inbox/docs/${uploadId}/_upload.json`;
  stored.set(key, Buffer.from(JSON.stringify(upload)));
  return key;
};

/** POST /ingest. */
export const ingestRequest = (uploadId: string): unknown => ({
  ...httpRequest('POST', '/ingest'),
  body: JSON.stringify({ collection: 'docs', uploadId }),
});

/** An operator cancels a run that nobody knows: it is asked for and answered all the same. */
export const cancelNothing = async (installation: Installation): Promise<void> => {
  const operation = { operation: 'cancel-run', args: { runId: 'nothing0000000000000000000' } };
  await installation.invoke('orchestrator', 'http', postRequest('/operations', operation));
  await installation.settle();
};

/** An index beside the active one is built of what was derived before. */
export const buildCandidate = async (installation: Installation): Promise<void> => {
  await installation.invoke('orchestrator', 'http', postRequest('/collections/docs/candidates', {}));
  await installation.settle();
};

/** A question whose search finds what there is, and one whose search comes to nothing. */
export const askQuestions = async (installation: Installation): Promise<void> => {
  for (const message of ['How do deltas settle?', 'And when?'])
    await installation.invoke('orchestrator', 'http', postRequest('/chat', { message, collection: 'docs' }));
  await installation.settle();
};

const HOUR_MS = 3_600_000;

/** An attempt that began and of which nobody heard since: the sweep sends it on its way again. */
export const forgetRun = async (installation: Installation): Promise<void> => {
  for (const name of ['run.started.v1', 'ingestion.continued.v1']) {
    const event = installation.events().find(({ detailType }) => detailType === name);
    if (event === undefined) continue;
    const data = { ...(event.detail.data as Record<string, unknown>), attempt: 11 };
    await installation.deliver('orchestrator', { ...event, detail: { ...event.detail, data } });
  }
  installation.advance(HOUR_MS);
  await installation.invoke('orchestrator', 'onSweep', {});
  // What is told again later would else be written down with another time.
  installation.advance(-HOUR_MS);
  await installation.settle();
};

/** An operator pauses a source and lets it be read again. */
export const holdSource = async (installation: Installation, source: string): Promise<void> => {
  for (const operation of ['pause', 'resume']) {
    const asked = { operation, args: { collection: 'docs', source } };
    await installation.invoke('orchestrator', 'http', postRequest('/operations', asked));
  }
  await installation.settle();
};

/** Asks for a run over HTTP and lets everything happen that follows from it. */
export const runUpload = async (
  installation: Installation,
  uploadId: string,
  files = FILES,
): Promise<void> => {
  putUpload(installation, uploadId, files);
  await installation.invoke('orchestrator', 'http', ingestRequest(uploadId));
  await installation.settle();
};

/** A file without a manifest, announced by S3. */
export const dropFile = async (installation: Installation, path: string): Promise<void> => {
  const key = `inbox/docs/drop/${path}`;
  installation.stored.set(key, Buffer.from('A file of its own. '.repeat(20)));
  const detail = { bucket: { name: 'test-data' }, object: { key, size: 1 }, reason: 'PutObject' };
  await installation.announce({ source: 'aws.s3', 'detail-type': 'Object Created', detail });
  await installation.settle();
};

/** The document of a source, announced by S3: its crawl begins. */
export const putSource = async (installation: Installation, name: string): Promise<void> => {
  const key = `sources/docs/${name}.json`;
  const source = { collection: 'docs', name, connector: 'sitemap', settings: {} };
  installation.stored.set(key, Buffer.from(JSON.stringify(source)));
  const detail = { bucket: { name: 'test-data' }, object: { key, size: 1 }, reason: 'PutObject' };
  await installation.announce({ source: 'aws.s3', 'detail-type': 'Object Created', detail });
  await installation.settle();
};

const withLostPointers = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withLostPointers);
  if ('contentSchema' in value) return { ...value, key: `lost/${'key' in value ? String(value.key) : ''}` };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withLostPointers(inner)]));
};

const ofNextAttempt = ({ detail, ...event }: OutgoingEvent): OutgoingEvent => {
  const data = withLostPointers(detail.data) as Record<string, unknown>;
  return { ...event, detail: { ...detail, data: { ...data, ...('attempt' in data && { attempt: 7 }) } } };
};

/** Gives every service its events once more, for the last time and with pointers to nothing. */
export const losePointers = async (installation: Installation): Promise<void> => {
  for (const name of Object.keys(events)) {
    const event = installation.events().find(({ detailType }) => detailType === name);
    if (event === undefined || pointersIn(event.detail.data).length === 0) continue;
    for (const service of loadServices().filter(({ contract }) => contract.consumes.includes(name))) {
      await installation.deliver(service.name, ofNextAttempt(event), { receives: LAST_RECEIVE });
    }
  }
  await installation.settle();
};

const announceDelta = async (
  installation: Installation,
  ...changes: ((data: DeltaCreatedV1['data']) => DeltaCreatedV1['data'])[]
): Promise<void> => {
  const event = installation.events().find(({ detailType }) => detailType === 'delta.created.v1');
  // Where there is no delta, something else is wrong, and a test says what.
  if (event === undefined) return;
  for (const change of changes) {
    const data = change(event.detail.data as DeltaCreatedV1['data']);
    await installation.deliver('compactor', { ...event, detail: { ...event.detail, data } });
  }
  await installation.settle();
};

/** Announces a delta for another index than that of its model: it is refused at the door. */
export const misplaceDelta = (installation: Installation): Promise<void> =>
  announceDelta(installation, (data) => ({
    ...{ ...data, attempt: 8 },
    index: { ...data.index, modelId: 'another@0123456789ab' },
  }));

/** Announces an object that is no delta: it is rejected when its turn comes. */
export const spoilDelta = (installation: Installation): Promise<void> =>
  announceDelta(installation, (data) => {
    const [key, bytes] = [`${data.delta.key}-spoiled`, Buffer.from('no delta')];
    const deltaId = `${data.deltaId.slice(1)}${data.deltaId.charAt(0)}`;
    installation.stored.set(key, bytes);
    const delta = { ...data.delta, key, sha256: sha256Hex(bytes), bytes: bytes.length };
    return { ...data, attempt: 9, deltaId, delta };
  });

/** Announces several deltas before anybody looks: a backlog, which is merged before it is published. */
export const pileUpDeltas = (installation: Installation): Promise<void> => {
  const again = (attempt: number) => (data: DeltaCreatedV1['data']) => {
    const key = `${data.delta.key}-${String(attempt)}`;
    const deltaId = `${data.deltaId.slice(0, -2)}${String(attempt)}`;
    installation.stored.set(key, installation.stored.get(data.delta.key) ?? Buffer.alloc(0));
    return { ...data, attempt, deltaId, delta: { ...data.delta, key } };
  };
  return announceDelta(installation, again(10), again(11), again(12));
};

/** Searches of the past, and a document that is deleted over HTTP. */
const askQuery = async (installation: Installation): Promise<void> => {
  for (const asOf of ['1', '2026-03-01T12:00:00Z', 'release'])
    await installation.invoke(
      'query',
      'http',
      httpRequest('GET', '/retrieve', `q=snapshots&mode=lexical&asOf=${asOf}`),
    );
  const body = JSON.stringify({ filters: { id: 'guides/start.md' }, reason: 'No longer valid.' });
  await installation.invoke('query', 'http', { ...httpRequest('POST', '/documents/delete'), body });
  await installation.settle();
};

/** Everything that the services can do, so that every event is seen that they declare to emit. */
export const playAll = async (installation: Installation): Promise<void> => {
  await runUpload(installation, 'first');
  await dropFile(installation, 'note.md');
  await putSource(installation, 'site');
  await holdSource(installation, 'site');
  await losePointers(installation);
  await misplaceDelta(installation);
  await spoilDelta(installation);
  await pileUpDeltas(installation);
  await embedInBatches(installation);
  await cancelNothing(installation);
  await buildCandidate(installation);
  await askQuestions(installation);
  await forgetRun(installation);
  await askQuery(installation);
  await operateOnIndex(installation);
};
