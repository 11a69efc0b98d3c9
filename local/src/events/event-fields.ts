import type { Leaf } from './value-test.ts';

/** Which element of which array of objects a leaf lies in: pairs of array id and index. */
export type Membership = readonly (readonly [arrayId: number, index: number])[];

export interface FieldValue {
  value: Leaf;
  membership: Membership;
}

/** The leaves of an event by dotted path. Flatten an event once and match it against many patterns. */
export type EventFields = ReadonlyMap<string, readonly FieldValue[]>;

/** Turns an event into its leaves; arrays of plain values count as several values of one field, empty arrays as none. */
export const flattenEvent = (event: unknown): EventFields => {
  const fields = new Map<string, FieldValue[]>();
  let arrays = 0;
  const add = (path: string, value: Leaf, membership: Membership): void => {
    const present = fields.get(path);
    if (present === undefined) fields.set(path, [{ value, membership }]);
    else present.push({ value, membership });
  };
  const walk = (node: unknown, path: string, membership: Membership): void => {
    if (Array.isArray(node)) {
      const id = arrays++;
      for (const [index, element] of node.entries()) {
        const isLeaf = typeof element !== 'object' || element === null;
        walk(element, path, isLeaf ? membership : [...membership, [id, index]]);
      }
    } else if (typeof node === 'object' && node !== null)
      for (const [name, child] of Object.entries(node))
        walk(child, path === '' ? name : `${path}.${name}`, membership);
    else add(path, node as Leaf, membership);
  };
  walk(event, '', []);
  return fields;
};
