import { canonicalJson, sha256Hex } from '@alluvium/contracts';
import type { DeltaDocument, KnownDocument } from '@alluvium/vector-store';

const CONTENT_HASH = sha256Hex(canonicalJson({ deleted: true }));

/**
 * Takes a document away as it is known now. It comes directly after that revision: whatever is ingested later comes after both, and
 * brings the document back.
 */
export const tombstoneOf = ({
  documentId,
  source,
  entity,
  entityId,
  revision,
}: KnownDocument): DeltaDocument => ({
  ...{ documentId, source, entity, entityId },
  title: '',
  attributes: {},
  revision: { fence: revision.fence, sequence: revision.sequence + 1, contentHash: CONTENT_HASH },
  deleted: true,
  chunks: [],
});
