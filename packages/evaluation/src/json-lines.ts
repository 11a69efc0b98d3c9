import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { PipelineError } from '@alluvium/contracts';

/** The failure of a line of a judged set: JUDGED_SET_INVALID. */
export const invalidLine = (file: string, line: number, what: string, cause?: unknown): PipelineError =>
  new PipelineError(`${file}, line ${String(line)}: ${what}`, {
    code: 'JUDGED_SET_INVALID',
    kind: 'invalid',
    details: { file, line },
    cause,
  });

/** The lines of a text file that hold something, with their numbers from 1; a name that ends in .gz is unpacked. */
export const readLines = async (file: string): Promise<[number: number, line: string][]> => {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
    if (file.endsWith('.gz')) bytes = gunzipSync(bytes);
  } catch (cause) {
    throw new PipelineError(`${file} cannot be read: ${(cause as Error).message}`, {
      code: 'JUDGED_SET_INVALID',
      kind: 'invalid',
      details: { file },
      cause,
    });
  }
  const lines = Buffer.from(bytes).toString('utf8').split(/\r?\n/);
  return lines.flatMap((line, index): [number, string][] => (line.trim() === '' ? [] : [[index + 1, line]]));
};

/** A line of JSON with an id (`_id` or `id`) and texts by name; absent ones are empty. */
export const parseRecord = <Name extends string>(
  [number, line]: [number: number, line: string],
  file: string,
  names: readonly Name[],
): { id: string } & Record<Name, string> => {
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(line) as Record<string, unknown> | null;
  } catch (cause) {
    throw invalidLine(file, number, 'not JSON', cause);
  }
  const id = value?.['_id'] ?? value?.['id'];
  if (typeof id !== 'string' && typeof id !== 'number')
    throw invalidLine(file, number, 'has no "_id" or "id"');
  const texts = names.map((name) => {
    const text = value?.[name] ?? '';
    if (typeof text !== 'string') throw invalidLine(file, number, `"${name}" is not a string`);
    return [name, text] as const;
  });
  return { ...(Object.fromEntries(texts) as Record<Name, string>), id: String(id) };
};
