import {
  assertReadable,
  PipelineError,
  runIdOfSource,
  sha256Hex,
  sourceV1,
  type SourceV1,
} from '@alluvium/contracts';
import { parseSourceKey } from './domain/source-keys.ts';
import { sourceKeyOf } from './domain/object-keys.ts';
import { assertSource, MAX_SOURCE_BYTES } from './load-source.ts';
import type { IngestDeps, InboxFile } from './ports.ts';
import { startRun } from './start-run.ts';

const invalid = (key: string, reason: string, cause?: unknown): PipelineError =>
  new PipelineError(`${key} ${reason}`, { code: 'SOURCE_INVALID', kind: 'invalid', details: { key }, cause });

const parse = async (key: string, file: InboxFile): Promise<SourceV1> => {
  if (file.sizeBytes > MAX_SOURCE_BYTES) {
    file.discard();
    throw invalid(key, `has ${file.sizeBytes} bytes, more than ${MAX_SOURCE_BYTES}`);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.body) chunks.push(chunk);
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw invalid(key, `is not valid JSON: ${(cause as Error).message}`, cause);
  }
  return assertReadable(sourceV1, value);
};

/**
 * Starts a crawl of the source whose document lies at `key`. The window makes it a run of its own: the same document
 * and window are the same run. A source that is paused is left alone.
 * Errors: SOURCE_INVALID, CONNECTOR_UNKNOWN and those of starting a run.
 */
export const startSource = async (
  deps: IngestDeps,
  key: string,
  windowOf: (file: InboxFile) => string,
): Promise<void> => {
  const place = parseSourceKey(key);
  const file = place === undefined ? undefined : await deps.inbox.open(key);
  if (place === undefined || file === undefined) {
    deps.runtime.logger.warn('There is no source at the key', { key });
    return;
  }
  const source = await parse(key, file);
  if (source.paused === true) {
    deps.runtime.logger.info('The source is paused', { key });
    return;
  }
  assertSource(source, place);
  deps.connect(source);
  const crawled = { ...source, window: windowOf(file) };
  const { collection, name, connector } = source;
  const manifest = { sha256: sha256Hex(JSON.stringify(crawled)) };
  const runId = runIdOfSource(collection, { name, connector, manifest });
  const pointer = await deps.objects.writeDocument(sourceV1, sourceKeyOf(runId), crawled);
  await startRun(deps, { collection, source: { name, connector, manifest: pointer } });
};
