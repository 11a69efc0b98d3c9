import { appliedPartsV1, type PointerV1 } from '@alluvium/contracts';
import { sqsClient } from '@alluvium/lambda-kit';
import {
  openSnapshot,
  readHead,
  readObject,
  readVersions,
  verifySnapshot,
  type DeltaDocument,
  type VerificationReport,
} from '@alluvium/vector-store';
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { isHeld } from './settle.ts';
import { leaseKeyOf, readTable, type World } from './world.ts';

/** An index as it is found in the end. */
export interface FoundIndex {
  indexPath: string;
  version: number;
  documents: number;
  tombstones: number;
  setHash: string;
  chunkIds: string[];
  /** Ids of living documents. */
  documentIds: string[];
  /** `<run id>/<delta id>`, as the snapshot's books list them. */
  applied: string[];
  verification: VerificationReport['problems'];
  /** Of the log, newest first. */
  versions: number[];
  isLeaseHeld: boolean;
}

/** How an attempt's delta ended. */
export type End = 'APPLIED' | 'REJECTED';

/** Everything that can be seen when all is over. */
export interface Found {
  indexes: FoundIndex[];
  /** `<delta id>#<attempt>` to how it ended. */
  settled: Map<string, End>;
  /** The same names: those that still wait. */
  pending: string[];
  /** The same names, as the world was told. */
  told: Map<string, Set<End>>;
  /** The delta id that a dead letter is about, or the letter itself. */
  deadLetters: string[];
}

const NOTHING = { version: 0, documents: 0, tombstones: 0, setHash: '0'.repeat(64) };

interface AppliedRuns {
  runs: { runId: string; parts: { deltaId: string }[] }[];
}

const readJson = async <T>({ store }: World, key: string): Promise<T> => {
  const object = await readObject(store, key);
  return JSON.parse(Buffer.from(object?.body ?? []).toString('utf8')) as T;
};

// Read here once more and without the engine's own reading of its books.
const appliedOf = async (world: World, manifestKey: string | undefined): Promise<string[]> => {
  if (manifestKey === undefined) return [];
  const manifest = await readJson<{ publish: { applied: { key: string } } }>(world, manifestKey);
  const { runs } = await readJson<AppliedRuns>(world, manifest.publish.applied.key);
  return runs.flatMap(({ runId, parts }) => parts.map(({ deltaId }) => `${runId}/${deltaId}`));
};

// Tombstones are counted by verification.
const livingDocuments = async ({ store }: World, indexPath: string): Promise<DeltaDocument[]> => {
  const snapshot = await openSnapshot(store, indexPath);
  const documents: DeltaDocument[] = [];
  if (snapshot !== undefined) for await (const document of snapshot.documents()) documents.push(document);
  return documents.filter(({ deleted }) => !deleted);
};

const findIndex = async (world: World, indexPath: string): Promise<FoundIndex> => {
  const { store } = world;
  const head = (await readHead(store, indexPath))?.head;
  const documents = await livingDocuments(world, indexPath);
  return {
    ...NOTHING,
    ...(head && { ...head.counts, version: head.version, setHash: head.setHash }),
    indexPath,
    chunkIds: documents.flatMap(({ chunks }) => chunks.map(({ chunkId }) => chunkId)).sort(),
    documentIds: documents.map(({ documentId }) => documentId).sort(),
    applied: await appliedOf(world, head?.manifestKey),
    verification: (await verifySnapshot(store, indexPath))?.problems ?? [],
    versions: (await readVersions(store, indexPath)).map(({ version }) => version),
    isLeaseHeld: isHeld(await world.leases.read(leaseKeyOf(indexPath))),
  };
};

/** Takes all messages of a queue out of it. */
const drain = async (QueueUrl: string): Promise<string[]> => {
  const bodies: string[] = [];
  for (let empty = 0; empty < 2;) {
    const request = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: empty };
    const { Messages = [] } = await sqsClient().send(new ReceiveMessageCommand(request));
    empty = Messages.length === 0 ? empty + 1 : 0;
    bodies.push(...Messages.map(({ Body = '' }) => Body));
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    if (Entries.length > 0) await sqsClient().send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
  return bodies;
};

interface Envelope {
  'detail-type'?: string;
  detail?: { data?: { deltaId?: string; attempt?: number; applied?: PointerV1 } };
}

const nameOf = ({ deltaId, attempt }: Record<string, unknown>): string =>
  `${String(deltaId)}#${String(attempt)}`;

const hear = async (world: World): Promise<Found['told']> => {
  const told: Found['told'] = new Map();
  const note = (name: string, end: End): unknown => told.set(name, (told.get(name) ?? new Set()).add(end));
  for (const body of await drain(world.heardUrl)) {
    const { 'detail-type': type, detail } = JSON.parse(body) as Envelope;
    const { data = {} } = detail ?? {};
    if (type === 'delta.rejected.v1') note(nameOf(data), 'REJECTED');
    else if (data.applied !== undefined) {
      const { parts } = await world.objects.readDocument(appliedPartsV1, data.applied);
      for (const part of parts) note(nameOf({ ...part }), 'APPLIED');
    }
  }
  return told;
};

const aboutOf = (body: string): string => {
  const { detail } = JSON.parse(body) as Envelope;
  return detail?.data?.deltaId ?? body.slice(0, 300);
};

/** Looks at everything. The stack must be up and at rest. */
export const observe = async (world: World, indexPaths: readonly string[]): Promise<Found> => {
  const items = await readTable(world);
  const indexes: FoundIndex[] = [];
  for (const indexPath of indexPaths) indexes.push(await findIndex(world, indexPath));
  return {
    indexes,
    settled: new Map(
      items
        .filter(({ pk }) => pk.startsWith('settled#'))
        .map((item): [string, End] => [nameOf(item), item['state'] as End]),
    ),
    pending: items.filter(({ pk }) => pk.startsWith('inbox#')).map(nameOf),
    told: await hear(world),
    deadLetters: (await drain(world.deadLettersUrl)).map(aboutOf),
  };
};
