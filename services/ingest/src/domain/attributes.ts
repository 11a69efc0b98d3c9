/** What can be filtered by. */
export type AttributeValue = string | number | boolean | string[];
export type Attributes = Record<string, AttributeValue>;

const isStringList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');

/** The values among `values` that can be filtered by; null and nested ones cannot and are left out. */
export const filterable = (values: Record<string, unknown>): Attributes => {
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(values)) {
    if (name === '' || name === '__proto__') continue;
    if (typeof value === 'string') kept[name] = value.toWellFormed();
    else if (isStringList(value)) kept[name] = value.map((entry) => entry.toWellFormed());
    else if (typeof value === 'number' || typeof value === 'boolean') kept[name] = value;
  }
  return kept;
};
