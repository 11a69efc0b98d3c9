/** A parsed JSON object of a file that somebody else wrote. */
export type JsonFields = Record<string, unknown>;

/** The value as an object; an empty one for anything else. */
export const fieldsOf = (value: unknown): JsonFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonFields) : {};

export const textAt = (fields: JsonFields, name: string): string | undefined => {
  const value = fields[name];
  return typeof value === 'string' ? value : undefined;
};

/** A whole number above 0 and below `limit`: files write "no limit" as 1e30. */
export const countAt = (fields: JsonFields, name: string, limit = 1_000_000): number | undefined => {
  const value = fields[name];
  return Number.isInteger(value) && (value as number) > 0 && (value as number) < limit
    ? (value as number)
    : undefined;
};
