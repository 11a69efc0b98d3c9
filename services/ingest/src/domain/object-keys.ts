import { PipelineError } from '@alluvium/contracts';

interface PartOfRun {
  collection: string;
  runId: string;
  part: number;
}

/** Key of a part's raw records; the date is the one on which the run began. */
export const rawKeyOf = ({ collection, runId, part }: PartOfRun, startedAt: string): string =>
  `raw/${collection}/${startedAt.slice(0, 10).replaceAll('-', '/')}/${runId}/${part}.jsonl.gz`;

/** Keys of what is derived from a part; they lie beside the raw key that they come from. */
export const derivedKeysOf = (
  { collection, runId, part, attempt }: PartOfRun & { attempt: number },
  rawKey: string,
): { documents: string; rejects: string } => {
  const [, date] =
    new RegExp(`^raw/${collection}/(\\d{4}/\\d{2}/\\d{2})/${runId}/${part}\\.jsonl\\.gz$`).exec(rawKey) ?? [];
  if (date === undefined) {
    throw new PipelineError(`${rawKey} does not hold part ${part} of run ${runId} of ${collection}`, {
      code: 'POINTER_REFUSED',
      kind: 'invalid',
      details: { key: rawKey },
    });
  }
  const folder = `derived/${collection}/${date}/${runId}`;
  // A replay may find that what was dropped as unchanged was lost since: its documents are an object of their own.
  const name = attempt === 1 ? `${part}` : `${part}-${attempt}`;
  return { documents: `${folder}/${name}.jsonl.gz`, rejects: `${folder}/rejects/${part}.jsonl.gz` };
};

/** Key of the list of a sealed run's parts. */
export const runManifestKeyOf = (runId: string): string => `runs/${runId}/manifest.json`;

/** Key of the manifest that is made for a file without one, and of the copy of a source's document that a run reads. */
export const sourceKeyOf = (runId: string): string => `runs/${runId}/source.json`;

/** Key of one step of a crawl. */
export const pageKeyOf = (runId: string, page: number): string => `runs/${runId}/pages/${page}.json`;

/** Key of what a crawl leaves to the next one. */
export const stateKeyOf = (runId: string): string => `runs/${runId}/state.json`;
