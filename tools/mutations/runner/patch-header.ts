const NAME = /^([0-9]{2}-[a-z0-9-]+)\.patch$/;

/** What the lines above the diff of a planted fault say. */
export interface PatchHeader {
  /** `<nn>-<what is wrong>` */
  name: string;
  /** The value of a line that must be there. */
  field: (key: string) => string;
  optional: (key: string) => string | undefined;
}

/** Reads the name and the header of a patch; throws when they are not as README.md asks for. */
export const readPatchHeader = (file: string, text: string, fields: ReadonlySet<string>): PatchHeader => {
  const name = NAME.exec(file)?.[1];
  if (name === undefined) throw new Error(`${file} is not named <nn>-<what-is-wrong>.patch.`);
  const [head = ''] = text.split(/^diff --git /m, 1);
  const header = new Map<string, string>();
  for (const line of head.split('\n').filter((candidate) => candidate.trim() !== '')) {
    const [, field = '', value = ''] = /^([a-z]+): (.+)$/.exec(line) ?? [];
    if (!fields.has(field)) throw new Error(`${file}: "${line}" is no line of a header. See README.md.`);
    header.set(field, value);
  }
  return {
    name,
    optional: (key) => header.get(key),
    field: (key) => {
      const value = header.get(key);
      if (value === undefined) throw new Error(`${file} does not say "${key}:". See README.md.`);
      return value;
    },
  };
};
