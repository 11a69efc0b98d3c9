import { PipelineError } from '@alluvium/contracts';

const refuse = (message: string): PipelineError =>
  new PipelineError(message, { code: 'PARAMETER_INVALID', kind: 'invalid' });

type Read = (text: string) => unknown;

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

// What does not look as it should stays text, which the schema refuses by the parameter's name.
const numberLike =
  (pattern: RegExp): Read =>
  (text) =>
    pattern.test(text) ? Number(text) : text;

const readBoolean: Read = (text) => (text === 'true' ? true : text === 'false' ? false : text);

const readWeights: Read = (text) => {
  const [dense = '', lexical = '', ...rest] = text.split(',');
  if (rest.length > 0 || !NUMBER.test(dense) || !NUMBER.test(lexical)) return text;
  return { dense: Number(dense), lexical: Number(lexical) };
};

const readVector: Read = (text) => {
  const values = text.split(',');
  return values.every((value) => NUMBER.test(value)) ? values.map(Number) : text;
};

const readJson: Read = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

// Maps, for a parameter may be called __proto__.
const READERS = new Map<string, Read>([
  ['k', numberLike(/^-?\d{1,15}$/)],
  ['threshold', numberLike(NUMBER)],
  ['diversity', numberLike(NUMBER)],
  ['recall', numberLike(NUMBER)],
  ['vector', readVector],
  ['weights', readWeights],
  ['filters', readJson],
  ['highlight', readBoolean],
  ['explain', readBoolean],
  ['limit', numberLike(/^-?\d{1,15}$/)],
]);
/** Shorter in a URL. */
const ALIASES = new Map([['filter', 'filters']]);

/** The fields of a request from its query string: what is no text in a body is read as such. Error: PARAMETER_INVALID. */
export const readParameters = (parameters: URLSearchParams): Record<string, unknown> => {
  const fields = new Map<string, unknown>();
  for (const [given, text] of parameters) {
    const name = ALIASES.get(given) ?? given;
    if (fields.has(name)) throw refuse(`${JSON.stringify(given).slice(0, 60)} is given more than once.`);
    fields.set(name, READERS.get(name)?.(text) ?? text);
  }
  return Object.fromEntries(fields);
};
