import { assertReadable, PipelineError, sourceV1, type SourceV1 } from '@alluvium/contracts';
import { scheduleOf } from './domain/schedule.ts';
import { parseSourceKey } from './domain/source-keys.ts';
import { assertPlace, MAX_SOURCE_BYTES } from './load-source.ts';
import type { IngestDeps, InboxFile, SourcePlace } from './ports.ts';

/** A source as its document says it now. */
export interface FoundSource {
  key: string;
  place: SourcePlace;
  /** When the document was put; ISO 8601. */
  lastModified: string;
  /** Throws what is wrong with the document: SOURCE_INVALID or CONTRACT_VIOLATED. */
  open: () => SourceV1;
}

const invalid = (key: string, reason: string, cause?: unknown): PipelineError =>
  new PipelineError(`${key} ${reason}`, { code: 'SOURCE_INVALID', kind: 'invalid', details: { key }, cause });

const readText = async (key: string, file: InboxFile): Promise<string | PipelineError> => {
  if (file.sizeBytes > MAX_SOURCE_BYTES) {
    file.discard();
    return invalid(key, `has ${file.sizeBytes} bytes, more than ${MAX_SOURCE_BYTES}`);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

const parse = (key: string, text: string | PipelineError, place: SourcePlace): SourceV1 => {
  if (typeof text !== 'string') throw text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(key, `is not valid JSON: ${(cause as Error).message}`, cause);
  }
  const source = assertPlace(assertReadable(sourceV1, value), place);
  scheduleOf(source.schedule);
  return source;
};

/** The source whose document lies at `key`; undefined where there is none. */
export const findSource = async (
  { inbox }: Pick<IngestDeps, 'inbox'>,
  key: string,
): Promise<FoundSource | undefined> => {
  const place = parseSourceKey(key);
  const file = place === undefined ? undefined : await inbox.open(key);
  if (place === undefined || file === undefined) return undefined;
  const text = await readText(key, file);
  return { key, place, lastModified: file.lastModified, open: () => parse(key, text, place) };
};
