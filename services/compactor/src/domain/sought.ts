import { PipelineError, type OperationArgsV1, type RawRecordV1 } from '@alluvium/contracts';
import type { AttributeValue } from '@alluvium/vector-store';

/** Documents that are to be erased, by what each kind of object knows of them. */
export interface Sought {
  documentIds: ReadonlySet<string>;
  /** Entities by the ids that raw records may give them. */
  entities: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What a filter looks at. */
export interface Described {
  source: string;
  entity: string;
  attributes: Readonly<Record<string, AttributeValue>>;
}

const PARTS = /^[^/]+\/([^#]+)#(.+)$/s;

/** Documents by their ids. */
export const soughtOf = (documentIds: readonly string[]): Sought => {
  const entities = new Map<string, Set<string>>();
  for (const documentId of documentIds) {
    const [, entity, entityId] = PARTS.exec(documentId) ?? [];
    if (entity === undefined || entityId === undefined) continue;
    entities.set(entityId, (entities.get(entityId) ?? new Set()).add(entity));
  }
  return { documentIds: new Set(documentIds), entities };
};

// Records of JSON may name themselves inside.
const idsInside = ({ mediaType, body }: RawRecordV1): string[] => {
  if (body === undefined || mediaType?.includes('json') !== true) return [];
  try {
    const { id } = JSON.parse(body) as { id?: unknown };
    return typeof id === 'string' || typeof id === 'number' ? [String(id)] : [];
  } catch {
    return [];
  }
};

/**
 * Whether a raw record may be one of the documents. How it becomes one is up to ingest: a record of another source that goes by the
 * same id counts as well.
 */
export const mayBeSought = ({ entities }: Sought, record: RawRecordV1): boolean =>
  record.deleted !== true &&
  [record.entityId, record.path, ...idsInside(record)].some((id) => {
    const known = id === undefined ? undefined : entities.get(id);
    return known !== undefined && (record.entity === undefined || known.has(record.entity));
  });

const hasValue = (attribute: AttributeValue | undefined, value: string): boolean =>
  Array.isArray(attribute)
    ? attribute.includes(value)
    : attribute !== undefined && String(attribute) === value;

const incomplete = (message: string): PipelineError =>
  new PipelineError(message, {
    code: 'OPERATION_ARGUMENT_MISSING',
    kind: 'invalid',
    details: { name: 'filter' },
  });

/** What a filter of an operation lets through. Error: OPERATION_ARGUMENT_MISSING when it would let everything through. */
export const matcherOf = ({
  source,
  entity,
  attribute,
  value,
}: NonNullable<OperationArgsV1['filter']>): ((document: Described) => boolean) => {
  if ((attribute === undefined) !== (value === undefined))
    throw incomplete('A filter needs attribute and value together');
  if (source === undefined && entity === undefined && attribute === undefined)
    throw incomplete(
      'A filter needs source, entity, or attribute and value: without them it is all documents',
    );
  return (document) =>
    (source === undefined || document.source === source) &&
    (entity === undefined || document.entity === entity) &&
    (attribute === undefined || hasValue(document.attributes[attribute], value ?? ''));
};
