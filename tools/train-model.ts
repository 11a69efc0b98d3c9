import { parseArgs } from 'node:util';
import { modelStamp } from '@alluvium/embedding';
import { train } from './train-model/train.ts';

const USAGE = `Trains a static embedding model from pairs of texts; tools/train-model/README.md tells how and from what.

  node tools/train-model.ts pairs.tsv --out my-model
  node tools/train-model.ts pairs.tsv --out my-model --vocabulary 8192 --dims 256 --steps 500

Lines of pairs.tsv: source<TAB>anchor<TAB>positive.
  --id <name>          my-static by default
  --license <name>     of the weights; unknown by default
  --vocabulary <n>     20480, at most 65536
  --dims <n>           384, a multiple of 64
  --batch <n>          2048, a multiple of 64; that many pairs are needed
  --steps <n>          1490
  --seconds <n>        600 at most
  --work <folder>      for what lies between; .alluvium/train-model by default`;

const OPTIONS = {
  out: { type: 'string' },
  id: { type: 'string', default: 'my-static' },
  license: { type: 'string', default: 'unknown' },
  vocabulary: { type: 'string', default: '20480' },
  dims: { type: 'string', default: '384' },
  batch: { type: 'string', default: '2048' },
  steps: { type: 'string', default: '1490' },
  seconds: { type: 'string', default: '600' },
  work: { type: 'string', default: '.alluvium/train-model' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS });
  const [pairs, ...others] = positionals;
  if (values.help || pairs === undefined || values.out === undefined || others.length > 0) {
    console.error(USAGE);
    return values.help ? 0 : 2;
  }
  const manifest = await train({
    pairs,
    directory: values.out,
    workFolder: values.work,
    id: values.id,
    license: values.license,
    vocabulary: Number(values.vocabulary),
    dims: Number(values.dims),
    training: {
      batch: Number(values.batch),
      steps: Number(values.steps),
      seconds: Number(values.seconds),
    },
    say: (line) => console.error(line),
  });
  console.log(`${modelStamp(manifest)} in ${values.out}`);
  return 0;
};

process.exitCode = await main();
