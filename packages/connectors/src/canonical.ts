/** What can be filtered by. */
export type AttributeValue = string | number | boolean | string[];
export type Attributes = Record<string, AttributeValue>;

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
