import { PipelineError } from '@alluvium/contracts';

type Fields = Readonly<Record<string, unknown>>;

/** Says which setting of a source is wrong, and how. */
export const settingInvalid = (name: string, reason: string): PipelineError =>
  new PipelineError(`The setting "${name}" ${reason}`, {
    code: 'SOURCE_INVALID',
    kind: 'invalid',
    details: { setting: name },
  });

/** True for a JSON object. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text; `fallback` when it is not given. @throws SOURCE_INVALID */
export const textSetting = (fields: Fields, name: string, fallback?: string): string => {
  const value = fields[name] ?? fallback;
  if (typeof value === 'string' && value !== '') return value;
  throw settingInvalid(name, value === undefined ? 'is missing' : 'is not a text');
};

/** A text, or undefined when it is not given. @throws SOURCE_INVALID */
export const optionalTextSetting = (fields: Fields, name: string): string | undefined =>
  fields[name] === undefined ? undefined : textSetting(fields, name);

/** A whole number between bounds. @throws SOURCE_INVALID */
export const numberSetting = (
  fields: Fields,
  name: string,
  { fallback, min, max }: { fallback: number; min: number; max: number },
): number => {
  const value = fields[name] ?? fallback;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw settingInvalid(name, `is not a whole number between ${min} and ${max}`);
};

/** Yes or no. @throws SOURCE_INVALID */
export const flagSetting = (fields: Fields, name: string, fallback = false): boolean => {
  const value = fields[name] ?? fallback;
  if (typeof value === 'boolean') return value;
  throw settingInvalid(name, 'is neither true nor false');
};

/** Texts. @throws SOURCE_INVALID */
export const listSetting = (
  fields: Fields,
  name: string,
  fallback: readonly string[] = [],
): readonly string[] => {
  const value = fields[name] ?? fallback;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw settingInvalid(name, 'is not a list of texts');
};

/** Settings inside the settings; none when not given. @throws SOURCE_INVALID */
export const fieldsSetting = (fields: Fields, name: string): Fields => {
  const value = fields[name] ?? {};
  if (isFields(value)) return value;
  throw settingInvalid(name, 'is not an object');
};

/** One of some words. @throws SOURCE_INVALID */
export const choiceSetting = <T extends string>(
  fields: Fields,
  name: string,
  choices: readonly T[],
  fallback?: T,
): T => {
  const value = fields[name] ?? fallback;
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw settingInvalid(name, `is none of ${choices.join(', ')}`);
};

/** An http(s) URL. @throws SOURCE_INVALID */
export const urlSetting = (fields: Fields, name: string, fallback?: string): string => {
  const value = textSetting(fields, name, fallback);
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value;
  throw settingInvalid(name, 'is not an http(s) URL');
};
