import { call, post } from './call.ts';

/** Files on their way into a collection. */
export interface Upload {
  runId: string;
  collection: string;
  source: string;
  files: string[];
}

interface File {
  file: Blob;
  path: string;
}

const CONCURRENT = 6;

const each = async <T>(values: readonly T[], work: (value: T) => Promise<void>): Promise<void> => {
  const left = [...values];
  const workers = Array.from({ length: CONCURRENT }, async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next);
  });
  await Promise.all(workers);
};

/** Uploads files and starts a run over them. Error: Problem. */
export const upload = async (
  collection: string,
  files: readonly File[],
  onFile: (done: number) => void,
): Promise<Upload> => {
  const { uploadId } = await post<{ uploadId: string }>('/_local/uploads', { collection });
  let done = 0;
  await each(files, async ({ file, path }) => {
    await call(`/_local/uploads/${uploadId}?path=${encodeURIComponent(path)}`, { method: 'PUT', body: file });
    onFile((done += 1));
  });
  return post<Upload>(`/_local/uploads/${uploadId}`, {});
};
