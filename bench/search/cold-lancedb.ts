import type { ColdClient, ColdJob } from './cold-client.ts';
import { lanceQuery, type LanceEffort } from './peers/lancedb.ts';
import { idsOf, lanceModule, TABLE, textsOf } from './peers/lancedb-table.ts';

type Index = Exclude<ColdJob['system'], 'alluvium'>;

/** Least efforts that find some 95 % of the neighbours; passages of people lie in more partitions than drawn clusters do. */
const EFFORTS: Record<Index, Record<'drawn' | 'million' | 'real', LanceEffort>> = {
  'lancedb-hnsw-sq': {
    drawn: { nprobes: 1, ef: 16 },
    million: { nprobes: 1, ef: 64 },
    real: { nprobes: 1, ef: 256 },
  },
  'lancedb-ivf-rq': {
    drawn: { nprobes: 40, refine: 10 },
    million: { nprobes: 100, refine: 10 },
    real: { nprobes: 400, refine: 20 },
  },
};

const kindOf = (set: ColdJob['set']): 'drawn' | 'million' | 'real' => {
  if (set === 'real-100k') return 'real';
  return set === 'clustered-1m' ? 'million' : 'drawn';
};

/** LanceDB over its own S3 client; the bucket is the index, the folder in it the set. */
export const coldLanceDb = ({ endpoint, set, system }: ColdJob): ColdClient => {
  const lancedb = lanceModule();
  const index = system === 'lancedb-ivf-rq' ? system : 'lancedb-hnsw-sq';
  const effort = EFFORTS[index][kindOf(set)];
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
