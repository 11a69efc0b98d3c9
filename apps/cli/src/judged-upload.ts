import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobV1 } from '@alluvium/contracts';
import type { CorpusDocument } from '@alluvium/evaluation';
import { ulid } from 'ulid';
import { followRun } from './commands/runs.ts';
import { useAws, type Connection } from './connection.ts';
import { describeFile } from './find-files.ts';
import { uploadToInbox } from './upload.ts';

const SOURCE = 'judged';
const RUN_PATIENCE_MS = 300_000;

/** Makes documents searchable, as any JSON lines are, and stays until they are. Their ids become entity ids. */
export const ingestCorpus = async (
  connection: Connection,
  collection: string,
  documents: readonly CorpusDocument[],
): Promise<JobV1> => {
  useAws(connection);
  const folder = await mkdtemp(join(tmpdir(), 'alluvium-eval-'));
  try {
    const file = join(folder, 'corpus.jsonl');
    await writeFile(file, documents.map((document) => JSON.stringify(document)).join('\n'));
    const runId = await uploadToInbox({
      bucket: connection.bucket,
      collection,
      source: SOURCE,
      uploadId: ulid(),
      createdAt: new Date().toISOString(),
      files: [await describeFile(file, 'corpus.jsonl')],
    });
    return await followRun(connection, runId, { patienceMs: RUN_PATIENCE_MS });
  } finally {
    await rm(folder, { recursive: true });
  }
};
