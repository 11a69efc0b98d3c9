import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_LENGTH = 26;

/** Identity of a run. */
export type RunId = string & { readonly brand?: 'RunId' };

const toBase32 = (bytes: Uint8Array): string => {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((value >>> bits) & 31);
    }
  }
  return text;
};

/** sha256 in hex of bytes or of UTF-8 text. */
export const sha256Hex = (content: Uint8Array | string): string =>
  createHash('sha256').update(content).digest('hex');

/** JCS (RFC 8785) form of a JSON value: equal values have equal text. */
export const canonicalJson = (value: unknown): string => canonicalize(value) ?? 'null';

/** 26 characters of base32 (130 bits) of the sha256 of the JCS form: the shape of every derived id. */
export const hashId = (parts: unknown): string =>
  toBase32(createHash('sha256').update(canonicalJson(parts)).digest()).slice(0, ID_LENGTH);

/** `<source>/<entity>#<entityId>` */
export const documentIdOf = (source: string, entity: string, entityId: string): string =>
  `${source}/${entity}#${entityId}`;

/** Identity of a run over one window of a source into one collection. */
export const runIdOf = (run: {
  collection: string;
  source: string;
  window: string;
  config: unknown;
}): RunId => hashId([run.collection, run.source, run.window, run.config]);

/** Identity of the run that reads `source` into a collection; its window is what the manifest lists. */
export const runIdOfSource = (
  collection: string,
  source: { name: string; connector: string; manifest: { sha256: string } },
): RunId =>
  runIdOf({
    collection,
    source: source.name,
    window: source.manifest.sha256,
    config: { connector: source.connector },
  });

/** Identity of a chunk: the same text at the same place, cut the same way, is the same chunk. */
export const chunkIdOf = (chunk: {
  documentId: string;
  chunker: string;
  ordinal: number;
  text: string;
}): string => hashId([chunk.documentId, chunk.chunker, chunk.ordinal, chunk.text]);

/** Identity of a delta; `contentHash` is the sha256 of the chunks it was made from and of the model. */
export const deltaIdOf = (delta: { runId: RunId; part: number; contentHash: string }): string =>
  hashId([delta.runId, delta.part, delta.contentHash]);

/** Key prefix of the index that `modelId` (id@hash) makes of a collection. */
export const indexPathOf = (collection: string, modelId: string, dims: number): string =>
  `indexes/${collection}/model=${modelId}/dims=${dims}/`;

/** Identity of the run that an upload starts; `manifest` is the manifest as it lies in the inbox. */
export const uploadRunIdOf = (upload: { collection: string; source: string; manifest: Uint8Array }): RunId =>
  runIdOfSource(upload.collection, {
    name: upload.source,
    connector: 'files',
    manifest: { sha256: sha256Hex(upload.manifest) },
  });
