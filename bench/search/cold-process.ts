import type { ColdClient, ColdJob, ColdResult } from './cold-client.ts';
import { openSet } from './data.ts';
import { TRUTH_K } from './data/ground-truth.ts';
import { jobOf, reportAndExit } from './support/child.ts';
import { queriesOf } from './support/measure.ts';

// A fresh process answers one question: nothing is open, connected or compiled before.

const load = (job: ColdJob): Promise<ColdClient> =>
  job.system === 'alluvium'
    ? import('./cold-alluvium.ts').then(({ coldAlluvium }) => coldAlluvium(job))
    : import('./cold-lancedb.ts').then(({ coldLanceDb }) => coldLanceDb(job));

const main = async (): Promise<void> => {
  const job = jobOf() as ColdJob;
  const set = openSet(job.set);
  const vector = queriesOf(set)[job.query] ?? new Float32Array(set.dims);
  const text = set.queryTexts[job.query] ?? '';
  const importedMs = performance.now();
  const client = await load(job);
  const startedMs = performance.now();
  const { ids, texts } = await client.answer({
    vector,
    k: TRUTH_K,
    ...(job.mode === 'hybrid' && { text }),
  });
  const result: ColdResult = {
    importMs: startedMs - importedMs,
    answerMs: performance.now() - startedMs,
    ids,
    textChars: texts.reduce((sum, { length }) => sum + length, 0),
  };
  reportAndExit(result);
};

if (import.meta.main) await main();
