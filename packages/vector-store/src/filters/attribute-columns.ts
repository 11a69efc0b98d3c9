import { crc32 } from 'node:zlib';
import { Growable } from '../bytes/growable.ts';
import type { AttributeValue } from '../delta/delta.ts';
import type { Plane } from '../segment/plane-reader.ts';
import { describeValues, type AttributeStatistics } from './attribute-statistics.ts';
import { packColumn } from './coded-column.ts';
import type { Scalar } from './search-filters.ts';

/** Where an attribute lies in the plane `attributes`, and what is known of it without reading that. */
export interface AttributeEntry {
  name: string;
  /** First byte in the plane. */
  start: number;
  sizeBytes: number;
  crc32: number;
  /** Distinct values. */
  values: number;
  /** Absent when a string has no short upper bound. */
  statistics?: AttributeStatistics;
}

interface OpenColumn {
  // Keyed by the value itself: 1, "1" and true are three values.
  codes: Map<Scalar, number>;
  documents: Growable<Uint32Array>;
  entries: Growable<Uint32Array>;
}

// JSON has no NaN and no infinity, and a delta may have brought null in their place: no filter passes any of them.
const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

/** Collects attributes as (document, value code) pairs by name. */
export class AttributeColumns {
  readonly #columns = new Map<string, OpenColumn>();

  add(document: number, attributes: Record<string, AttributeValue>): void {
    for (const [name, value] of Object.entries(attributes))
      for (const scalar of Array.isArray(value) ? value : [value])
        if (isScalar(scalar)) this.#addValue(document, name, scalar);
  }

  #addValue(document: number, name: string, value: Scalar): void {
    const column = this.#column(name);
    const code = column.codes.get(value) ?? column.codes.size;
    column.codes.set(value, code);
    column.documents.push(document);
    column.entries.push(code);
  }

  #column(name: string): OpenColumn {
    const known = this.#columns.get(name);
    if (known) return known;
    const column = {
      codes: new Map<Scalar, number>(),
      documents: new Growable(Uint32Array, 16),
      entries: new Growable(Uint32Array, 16),
    };
    this.#columns.set(name, column);
    return column;
  }

  /** What statistics are made of. */
  summaries(): { name: string; entries: number; values: Iterable<Scalar> }[] {
    return [...this.#columns].map(([name, { codes, entries }]) => ({
      name,
      entries: entries.length,
      values: codes.keys(),
    }));
  }

  /** `attributes` and the plane that says what lies where in it. */
  planes(): Plane[] {
    const index: AttributeEntry[] = [];
    const parts: Uint8Array[] = [];
    let start = 0;
    for (const [name, { codes, documents, entries }] of this.#columns) {
      const values = [...codes.keys()];
      const part = packColumn({ documents: documents.view(), codes: entries.view(), values });
      const statistics = describeValues(values);
      index.push({
        name,
        start,
        sizeBytes: part.length,
        crc32: crc32(part),
        values: values.length,
        ...(statistics && { statistics }),
      });
      parts.push(part);
      start += part.length;
    }
    return [
      { name: 'attributeIndex', bytes: Buffer.from(JSON.stringify(index)) },
      { name: 'attributes', bytes: Buffer.concat(parts) },
    ];
  }
}
