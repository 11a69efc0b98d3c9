import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tokenizerOf, type ModelManifest } from '@alluvium/embedding';
import { buildModel } from './build-model.ts';
import { readPairs } from './read-pairs.ts';
import { encodePairs } from './trainer/encode-pairs.ts';
import { compileTrainer, readTable, runTrainer, type TrainingOptions } from './trainer/run-trainer.ts';
import { countWords } from './vocabulary/count-words.ts';
import { learnVocabulary } from './vocabulary/learn-vocabulary.ts';
import { tokenizerFile } from './vocabulary/tokenizer-file.ts';

/** From pairs of texts to a model. */
export interface TrainOptions {
  /** File of pairs, see readPairs. */
  pairs: string;
  /** Where the model goes. */
  directory: string;
  /** Where encoded pairs, trainer and checkpoint lie meanwhile. */
  workFolder: string;
  id: string;
  license: string;
  vocabulary: number;
  dims: number;
  training: Pick<TrainingOptions, 'batch' | 'steps' | 'seconds' | 'rate' | 'temperature' | 'seed'>;
  /** Hears of every stage. */
  say: (line: string) => void;
}

async function* textsOf(path: string): AsyncGenerator<string> {
  for await (const { anchor, positive } of readPairs(path)) {
    yield anchor;
    yield positive;
  }
}

/** Learns the vocabulary, trains the table and builds the model directory. */
export const train = async (options: TrainOptions): Promise<ModelManifest> => {
  const { pairs, workFolder, dims, say } = options;
  await mkdir(workFolder, { recursive: true });
  const words = await countWords(textsOf(pairs));
  const learned = learnVocabulary(words, options.vocabulary);
  const vocabulary = learned.length;
  say(`${words.size} words, ${vocabulary} tokens`);
  const tokenizer = tokenizerFile(learned);
  const data = join(workFolder, 'pairs');
  const encoded = await encodePairs(
    readPairs(pairs),
    { tokenizer: tokenizerOf(tokenizer), vocabulary },
    data,
  );
  say(`${encoded.pairs} pairs of ${encoded.sources.length} sources, ${encoded.tokens} tokens`);
  const program = join(workFolder, 'train');
  await compileTrainer(program);
  const checkpoint = join(workFolder, 'checkpoint');
  // One that is left of other pairs would be gone on with.
  await rm(checkpoint, { force: true });
  await runTrainer(program, { data, vocabulary, dims, checkpoint, ...options.training }, (progress) =>
    say(`step ${progress.step}: loss ${progress.loss}, found ${progress.found}`),
  );
  const table = await readTable(checkpoint, { vocabulary, dims });
  const { directory, id, license } = options;
  return buildModel({ directory, id, license, tokenizer, table, vocabulary, dims });
};
