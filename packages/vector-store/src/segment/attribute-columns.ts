import type { AttributeValue } from '../delta/delta.ts';
import { Growable } from '../bytes/growable.ts';
import type { AttributeColumn } from './segment-format.ts';
import { bytesOf } from '../bytes/typed-bytes.ts';

type Scalar = string | number | boolean;

interface OpenColumn {
  // Keyed by the value itself: 1, "1" and true are three values.
  codes: Map<Scalar, number>;
  documents: Growable<Uint32Array>;
  entries: Growable<Uint32Array>;
}

/** Collects attributes as (document, value code) pairs by name. */
export class AttributeColumns {
  readonly #columns = new Map<string, OpenColumn>();

  add(document: number, attributes: Record<string, AttributeValue>): void {
    for (const [name, value] of Object.entries(attributes)) {
      const column = this.#column(name);
      for (const scalar of Array.isArray(value) ? value : [value]) {
        const code = column.codes.get(scalar) ?? column.codes.size;
        column.codes.set(scalar, code);
        column.documents.push(document);
        column.entries.push(code);
      }
    }
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

  /** The planes of the group `attributes`. */
  planes(): { name: string; bytes: Uint8Array }[] {
    const names: [string, AttributeColumn][] = [];
    const documents = new Growable(Uint32Array);
    const codes = new Growable(Uint32Array);
    for (const [name, column] of this.#columns) {
      const start = codes.length;
      documents.append(column.documents.view());
      codes.append(column.entries.view());
      names.push([name, { values: [...column.codes.keys()], start, end: codes.length }]);
    }
    return [
      { name: 'attributeNames', bytes: Buffer.from(JSON.stringify(names)) },
      { name: 'attributeDocuments', bytes: bytesOf(documents.view()) },
      { name: 'attributeCodes', bytes: bytesOf(codes.view()) },
    ];
  }
}
