export { evaluate, type RetrievalQuality, type Retrieve } from './evaluate.ts';
export {
  judgedSetFiles,
  readCorpus,
  readJudgedQueries,
  type CorpusDocument,
  type JudgedQuery,
  type JudgedSetFiles,
} from './judged-set.ts';
export {
  averagePrecision,
  ndcgAt,
  recallAt,
  reciprocalRankAt,
  relevantCount,
  type Judgements,
} from './metrics.ts';
