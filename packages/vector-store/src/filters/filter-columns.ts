import { bytesOf } from '../bytes/typed-bytes.ts';
import { Growable } from '../bytes/growable.ts';
import type { DeltaDocument } from '../delta/delta.ts';
import type { Plane } from '../segment/plane-reader.ts';
import { AttributeColumns } from './attribute-columns.ts';
import { packColumn } from './coded-column.ts';
import { entityIdHash } from './entity-id-hashes.ts';
import { describeSegment, type ModifiedStatistics, type SegmentStatistics } from './segment-statistics.ts';

/** What filters know of a document. */
export type FilteredDocument = Pick<
  DeltaDocument,
  'entity' | 'entityId' | 'modified' | 'attributes' | 'deleted'
>;

/** Columns by document ordinal, for what is derived from them. */
export interface DocumentColumns {
  entities: readonly string[];
  /** Positions in `entities`. */
  entityCodes: Uint32Array;
  /** Milliseconds since 1970 or NaN. */
  modified: Float64Array;
}

/**
 * Makes the planes that filters read; documents have ordinals from 0, all numbers are little endian:
 * - `documentEntities`: a column (see packColumn) of one entry a document; its values are the entities.
 * - `documentModified`: f64 milliseconds since 1970 a document, or NaN.
 * - `entityIdHashes`: the first 8 bytes of the SHA-256 of the entityId, a document.
 * - `attributeIndex`: JSON, a list of AttributeEntry.
 * - `attributes`: a column (see packColumn) an attribute, where `attributeIndex` says and with the crc32 it says, so that a filter
 *   reads no attribute but its own. Lists are entered element by element.
 *
 * Tombstones have an entity and an id, but no attributes, and statistics leave them out.
 */
export class FilterColumnsBuilder {
  readonly #entities = new Map<string, number>();
  readonly #liveEntities = new Set<string>();
  readonly #entityCodes = new Growable(Uint32Array);
  readonly #modified = new Growable(Float64Array);
  readonly #idHashes = new Growable(Uint8Array, 1 << 13);
  readonly #attributes = new AttributeColumns();
  #times: ModifiedStatistics = { missing: false };

  /** Adds the document that has the next ordinal. */
  add(ordinal: number, document: FilteredDocument): void {
    if (ordinal !== this.#modified.length)
      throw new RangeError(`Document ${ordinal} was added as document ${this.#modified.length}`);
    const { entity, entityId, modified, attributes, deleted } = document;
    const code = this.#entities.get(entity) ?? this.#entities.size;
    this.#entities.set(entity, code);
    const time = modified === undefined ? Number.NaN : Date.parse(modified);
    this.#entityCodes.push(code);
    this.#modified.push(time);
    this.#idHashes.append(entityIdHash(entityId));
    if (deleted) return;
    this.#liveEntities.add(entity);
    this.#addTime(time);
    this.#attributes.add(ordinal, attributes);
  }

  #addTime(time: number): void {
    const { from = time, to = time, missing } = this.#times;
    if (Number.isNaN(time)) this.#times = { ...this.#times, missing: true };
    else this.#times = { from: Math.min(from, time), to: Math.max(to, time), missing };
  }

  /** Views on the columns; valid until the next document is added. */
  columns(): DocumentColumns {
    return {
      entities: [...this.#entities.keys()],
      entityCodes: this.#entityCodes.view(),
      modified: this.#modified.view(),
    };
  }

  /** All planes but those that need the order of rows; valid until the next document is added. */
  planes(): Plane[] {
    const { entities, entityCodes, modified } = this.columns();
    return [
      { name: 'documentEntities', bytes: packColumn({ codes: entityCodes, values: entities }) },
      { name: 'documentModified', bytes: bytesOf(modified) },
      { name: 'entityIdHashes', bytes: this.#idHashes.view() },
      ...this.#attributes.planes(),
    ];
  }

  /** For the manifest. */
  statistics(): SegmentStatistics {
    return describeSegment({
      entities: this.#liveEntities,
      modified: this.#times,
      attributes: this.#attributes.summaries(),
    });
  }
}
