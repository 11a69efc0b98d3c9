import { derivedDocumentV1, documentIdOf, rawRecordV1 } from '@alluvium/contracts';
import { unpackRecords } from '@alluvium/lambda-kit';
import type { S3Server } from '@alluvium/testkit/simulation';
import { decodeDelta } from '@alluvium/vector-store';
import { deriveRecords } from '../../../services/ingest/src/domain/derive-records.ts';
import { contentKeyOf, itemName, type Facts } from '../facts.ts';
import { SOURCE } from './pipeline-process.ts';
import { ENTITY, type ChangingSource } from './source.ts';

/** One part of a run, as events and items name it; there is one attempt of each run here. */
export interface PartName {
  runId: string;
  part: number;
}

/** A delta that was announced. */
export interface AnnouncedDelta extends PartName {
  deltaId: string;
  attempt: number;
  index: { path: string };
  delta: { key: string };
}

/** What is known of runs from looking on. Parts by `<runId>/<part>`. */
export interface PipelineFacts {
  started: Set<string>;
  /** By run, ids of the events that told of its end. */
  completions: Map<string, Set<string>>;
  /** Runs that ended before their time. */
  givenUp: Set<string>;
  /** Runs whose crawl was given up. */
  crawlFailed: Set<string>;
  /** Parts that were told to have nothing new. */
  empty: Set<string>;
  /** Parts that were told to be lost. */
  failed: Set<string>;
  /** When ingest had heard of that, in virtual milliseconds. */
  failureHeardAtMs: Map<string, number>;
  /** When parts were announced first. */
  fetchedAtMs: Map<string, number>;
  /** Parts of deltas, by content key. */
  deltas: Map<string, string>;
}

export const partName = ({ runId, part }: PartName): string => `${runId}/${part}`;

/** Before anything happened. */
export const newPipelineFacts = (): PipelineFacts => ({
  started: new Set(),
  completions: new Map(),
  givenUp: new Set(),
  crawlFailed: new Set(),
  empty: new Set(),
  failed: new Set(),
  failureHeardAtMs: new Map(),
  fetchedAtMs: new Map(),
  deltas: new Map(),
});

/** Takes in a delta that was announced; its truth is what lies in the bucket. */
export const learnDelta = (
  facts: Facts,
  pipeline: PipelineFacts,
  { objects }: S3Server,
  data: AnnouncedDelta,
): void => {
  const key = contentKeyOf(data);
  facts.contentKeys.set(itemName(data), key);
  pipeline.deltas.set(key, partName(data));
  const body = objects.get(data.delta.key)?.body;
  if (facts.byContentKey.has(key) || body === undefined) return;
  const planned = { delta: decodeDelta(body), indexPath: data.index.path, attempts: 1, afterMs: 0 };
  facts.byContentKey.set(key, planned);
};

/** Parts of a run that some version held, or that had nothing for one. */
export const appliedParts = (facts: Facts, { deltas, empty }: PipelineFacts, runId: string): Set<number> => {
  const everApplied = [...facts.indexes.values()].flatMap((index) => [...index.everApplied]);
  const names = [...everApplied.map((key) => deltas.get(key) ?? ''), ...empty];
  return new Set(
    names.filter((name) => name.startsWith(`${runId}/`)).map((name) => Number(name.split('/')[1])),
  );
};

/** Content hashes by document id. */
type Contents = ReadonlyMap<string, string>;

const NOTHING: Contents = new Map();

/** What was derived of parts, as it lies in the bucket. */
export interface Derived {
  /** Of one part; undefined: nothing is stored. */
  ofPart: (name: PartName) => Contents | undefined;
  /** What the raw records of one part come to. */
  ofRaw: (name: PartName) => Contents;
  /** Parts with a document in this very form. */
  carriersOf: (documentId: string, contentHash: string) => string[];
}

/** Reads what was derived; objects do not change, so each is read once. */
export const readDerived = ({ objects }: S3Server): Derived => {
  const known = new Map<string, Contents>();
  const read = (key: string, parse: (body: Uint8Array) => Contents): Contents | undefined => {
    const body = objects.get(key)?.body;
    if (body === undefined) return undefined;
    const contents = known.get(key) ?? parse(body);
    known.set(key, contents);
    return contents;
  };
  const contentsOf = (documents: { documentId: string; revision: { contentHash: string } }[]): Contents =>
    new Map(documents.map(({ documentId, revision }) => [documentId, revision.contentHash]));
  const keyOf = (folder: string, { runId, part }: PartName): string =>
    [...objects.keys()].find(
      (key) => key.startsWith(`${folder}/`) && key.endsWith(`/${runId}/${part}.jsonl.gz`),
    ) ?? '';
  const ofPart = (name: PartName): Contents | undefined =>
    read(keyOf('derived', name), (body) => contentsOf(unpackRecords(derivedDocumentV1, body)));
  return {
    ofPart,
    ofRaw: (name) =>
      read(keyOf('raw', name), (body) =>
        contentsOf(deriveRecords(unpackRecords(rawRecordV1, body), { source: SOURCE, fence: 0 }).documents),
      ) ?? NOTHING,
    carriersOf: (documentId, contentHash) =>
      [...objects.keys()]
        .map((key) => /^derived\/.*\/([^/]+)\/(\d+)\.jsonl\.gz$/.exec(key))
        .filter((found) => found !== null)
        .map(([, runId = '', part = '']) => ({ runId, part: Number(part) }))
        .filter((name) => ofPart(name)?.get(documentId) === contentHash)
        .map(partName),
  };
};

/** Texts of the source by document id. */
export const textsOfSource = ({ texts }: ChangingSource): Map<string, string> =>
  new Map([...texts].map(([id, text]) => [documentIdOf(SOURCE, ENTITY, id), text]));
