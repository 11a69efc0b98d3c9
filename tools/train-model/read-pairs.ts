import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** Two texts that belong together, such as a heading and its section, and where they come from. */
export interface Pair {
  source: string;
  anchor: string;
  positive: string;
}

const FIELDS = 3;

/**
 * Reads pairs from a file of lines `source<TAB>anchor<TAB>positive`, UTF-8.
 * @throws RangeError for a line with other than three fields, or an empty one among them.
 */
export async function* readPairs(path: string): AsyncGenerator<Pair> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    const fields = line.split('\t');
    const [source = '', anchor = '', positive = ''] = fields;
    if (fields.length !== FIELDS || source === '' || anchor === '' || positive === '')
      throw new RangeError(`${path}:${number} is not source, anchor and positive with tabs between them`);
    yield { source, anchor, positive };
  }
}
