/** Whether a value that JSON gave has a shape. */
export type Check = (value: unknown) => boolean;

/** A plain object. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A whole number from 0 on. */
export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

export const isText = (value: unknown): value is string => typeof value === 'string';

/** 64 hex digits. */
export const isSha256 = (value: unknown): value is string => isText(value) && /^[0-9a-f]{64}$/.test(value);

/** The check, where the field may be absent, too. */
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** A list whose elements all pass. */
export const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

/** An object whose named fields all pass; others are not looked at. */
export const recordOf =
  (fields: Record<string, Check>): Check =>
  (value) =>
    isRecord(value) && wrongField(fields, value) === undefined;

/** What is wrong with an object, in words, or `undefined`. */
export const wrongField = (fields: Record<string, Check>, value: unknown): string | undefined => {
  if (!isRecord(value)) return 'it is no object';
  const wrong = Object.entries(fields).find(([name, check]) => !check(value[name]));
  return wrong && `its ${wrong[0]} is missing or of the wrong type`;
};
