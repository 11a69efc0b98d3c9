import type { ChunkedDocumentV1 } from '@alluvium/contracts';
import type { Model } from '../src/ports.ts';

export const RUN = { runId: '0'.repeat(26), attempt: 1, part: 3, collection: 'docs' };

/** A document of the given chunk texts. */
export const documentOf = (
  entityId: string,
  texts: string[],
  rest: Partial<ChunkedDocumentV1> = {},
): ChunkedDocumentV1 => ({
  documentId: `files/document#${entityId}`,
  source: 'files',
  entity: 'document',
  entityId,
  title: `Title of ${entityId}`,
  attributes: { lang: 'en' },
  revision: { fence: 1, sequence: 0, contentHash: '0'.repeat(64) },
  deleted: false,
  chunks: texts.map((text, ordinal) => ({
    chunkId: `${ordinal}`.padStart(26, '0'),
    ordinal,
    text,
    start: ordinal * 10,
    end: ordinal * 10 + text.length,
  })),
  ...rest,
});

/** A model that remembers what it was asked; the vector of a text is its length, in one of four directions. */
export const countingModel = (stamp = 'tiny@0123456789ab'): Model & { readonly asked: string[] } => {
  const asked: string[] = [];
  return {
    stamp,
    dims: 4,
    asked,
    embedPassages: async (texts) => {
      asked.push(...texts);
      return texts.map((text) =>
        Float32Array.from({ length: 4 }, (_, axis) => Number(axis === text.length % 4)),
      );
    },
  };
};
