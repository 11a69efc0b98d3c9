/** Names of declared fields: `true` keeps a value whole, one entry stands for every item of an array. */
export type Fields = true | [Fields] | { [name: string]: Fields };

/** A copy of the value without the fields that are not declared; values of other shapes stay as they are. */
export const knownFields = (value: unknown, fields: Fields): unknown => {
  if (fields === true || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(fields)) {
    return Array.isArray(value) ? value.map((item) => knownFields(item, fields[0])) : value;
  }
  if (Array.isArray(value)) return value;
  const known = Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const declared = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return declared === undefined ? [] : [[name, knownFields(inner, declared)] as const];
  });
  return Object.fromEntries(known);
};
