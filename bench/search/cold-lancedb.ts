import type { ColdClient, ColdJob } from './cold-client.ts';
import { lanceQuery, type LanceEffort } from './peers/lancedb.ts';
import { idsOf, lanceModule, TABLE, textsOf } from './peers/lancedb-table.ts';

/** Least efforts that find some 95 % of the neighbours. */
const effortFor = ({ system, set }: Pick<ColdJob, 'system' | 'set'>): LanceEffort => {
  if (system === 'lancedb-ivf-rq') return { nprobes: set === 'clustered-1m' ? 100 : 40, refine: 10 };
  return { nprobes: 1, ef: set === 'real-100k' ? 256 : 16 };
};

/** LanceDB over its own S3 client; the bucket is the index, the folder in it the set. */
export const coldLanceDb = ({ endpoint, set, system }: ColdJob): ColdClient => {
  const lancedb = lanceModule();
  const effort = effortFor({ system, set });
  const storageOptions = {
    endpoint,
    region: 'us-east-1',
    allow_http: 'true',
    aws_virtual_hosted_style_request: 'false',
    aws_access_key_id: 'bench',
    aws_secret_access_key: 'bench',
  };
  return {
    answer: async ({ vector, text, k }) => {
      const connection = await lancedb.connect(`s3://${system}/${set}`, { storageOptions });
      const table = await connection.openTable(TABLE);
      let query = lanceQuery(table, vector, effort);
      if (text !== undefined)
        query = query
          .fullTextSearch(text, { columns: ['text'] })
          .rerank(await lancedb.rerankers.RRFReranker.create());
      const answer = await query.limit(k).select(['id', 'text']).toArrow();
      return { ids: idsOf(answer), texts: textsOf(answer) };
    },
  };
};
