/** What can be filtered by. */
export type AttributeValue = string | number | boolean | string[];
export type Attributes = Record<string, AttributeValue>;

/** Another document of the same source, and what it is to the one that refers to it. */
export interface Edge {
  /** As {@link RELATION} allows. */
  relation: string;
  entity: string;
  entityId: string;
}

/** Names of relations. */
export const RELATION = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

/** Names of kinds of documents. */
export const ENTITY = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** References that a document keeps; more are left out. */
const MAX_EDGES = 5000;

/** Each reference once, at most 5,000. */
export const distinctEdges = (edges: readonly Edge[]): Edge[] => {
  const keyed = edges.map(
    (edge) => [JSON.stringify([edge.relation, edge.entity, edge.entityId]), edge] as const,
  );
  return [...new Map(keyed).values()].slice(0, MAX_EDGES);
};

/** The references as attributes by relation, such as `authors: ["person#7"]`, so that searches can be limited by them. */
export const edgeAttributes = (edges: readonly Edge[]): Attributes => {
  const attributes: Record<string, string[]> = {};
  for (const { relation, entity, entityId } of edges)
    (attributes[relation] ??= []).push(`${entity}#${entityId}`);
  return attributes;
};

/** What a source's record says, in the form that all sources share. */
export interface CanonicalRecord {
  id?: string;
  entity?: string;
  title?: string;
  text: string;
  url?: string;
  /** ISO 8601, UTC. */
  modified?: string;
  attributes: Attributes;
  edges?: Edge[];
}

const isStringList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');

/** The values among `values` that can be filtered by; null and nested ones cannot and are left out. */
export const filterable = (values: Readonly<Record<string, unknown>>): Attributes => {
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(values)) {
    if (name === '' || name === '__proto__') continue;
    if (typeof value === 'string') kept[name] = value.toWellFormed();
    else if (isStringList(value)) kept[name] = value.map((entry) => entry.toWellFormed());
    else if (typeof value === 'number' || typeof value === 'boolean') kept[name] = value;
  }
  return kept;
};

/** ISO 8601 in UTC of a date that is written in any usual way; undefined when it cannot be read or has no usual year. */
export const isoDate = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return undefined;
  // Offsets without a colon are ISO 8601 in its basic form, which Date need not know.
  const atMs = Date.parse(value.trim().replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  const text = Number.isNaN(atMs) ? '' : new Date(atMs).toISOString();
  // Years outside 0 to 9999 are written with a sign, which no date-time has.
  return /^\d{4}-/.test(text) ? text : undefined;
};
