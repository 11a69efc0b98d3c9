import type { Delta, DeltaDocument, ObjectStore } from '../../src/index.ts';
import { vectorOf } from '../deltas.ts';
import { committed } from '../publisher.ts';

/** No multiple of 4, and no power of two: what is padded shows. */
export const DIMS = 10;
const MODEL = { id: 'tiny@0123456789ab', dims: DIMS };
export const FORMAT_PATH = `indexes/docs/model=${MODEL.id}/dims=${DIMS}/`;

const WORDS =
  'running rivers relational generalizations happiness flies agreed plastered hopping İstanbul ΣΟΦΟΣ naïve 東京 ' +
  'Ångström snow_flake 2026 vietnamization digitizer sky the 𝒳math 𐐷eseret zz ｆｕｌｌ combin\u0301ing ultra';

const textOf = (id: number, ordinal: number, revision: number): string => {
  const words = WORDS.split(' ');
  const chosen = Array.from(
    { length: 4 + ((id + ordinal) % 5) },
    (_, at) => words[(id * 7 + ordinal * 3 + at * at) % words.length] ?? '',
  );
  return `${ordinal === 1 ? `Page ${id}: ` : ''}${chosen.join(' ')} ${revision} ${'x'.repeat(id % 90)}`;
};

/** A document whose content follows from its id and revision; fields that may be absent sometimes are. */
export const formatDocument = (id: number, sequence: number, deleted = false): DeltaDocument => ({
  documentId: `files/page#${id}`,
  entity: id % 3 === 0 ? 'page' : `kind "${id % 40}"`,
  entityId: String(id),
  source: 'files',
  title: `Page ${id}`,
  ...(id % 5 !== 0 && { modified: new Date(Date.UTC(2020, id % 70, 1)).toISOString() }),
  attributes: {
    ...(id % 4 === 0 && { year: 1990 + (id % 30), isPublic: id % 8 === 0 }),
    ...(id % 6 === 0 && { tags: ['red', `tag ${id % 11}`, 'red'] }),
    number: id % 2 === 0 ? id : String(id),
  },
  revision: { fence: 1, sequence, contentHash: `hash ${id} ${sequence} ü\u0001` },
  deleted,
  chunks: Array.from({ length: deleted ? 0 : 1 + (id % 5) }, (_, ordinal) => ({
    chunkId: `${id}:${ordinal}:${sequence}`,
    ordinal,
    start: ordinal * 50,
    end: ordinal * 50 + 49,
    text: textOf(id, ordinal, sequence),
    vector: vectorOf(id * 1000 + sequence * 10 + ordinal, DIMS),
    ...(id % 10 === 0 && sequence === 2 && { keepsFloats: true }),
  })),
});

const deltaOf = (part: number, documents: DeltaDocument[]): Delta => ({
  deltaId: `delta-${part}`,
  collection: 'docs',
  runId: 'run',
  attempt: 1,
  part,
  model: MODEL,
  documents,
});

/** The living documents after each round of `publishCorpus`. */
export const publishCorpus = async (store: ObjectStore): Promise<Map<string, DeltaDocument>> => {
  const ids = Array.from({ length: 3000 }, (_, id) => id);
  const rounds = [
    ids.map((id) => formatDocument(id, 1)),
    ids.filter((id) => id % 50 < 2).map((id) => formatDocument(id, 2, id % 100 === 1)),
    ids.filter((id) => id % 400 === 0).map((id) => formatDocument(id + 5000, 1)),
  ];
  const living = new Map<string, DeltaDocument>();
  for (const [part, documents] of rounds.entries()) {
    await committed(store, [deltaOf(part, documents)], { indexPath: FORMAT_PATH });
    for (const document of documents)
      if (document.deleted) living.delete(document.documentId);
      else living.set(document.documentId, document);
  }
  return living;
};
