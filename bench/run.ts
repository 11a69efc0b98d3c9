import { parseArgs } from 'node:util';
import type { SearchOptions } from './search/sections.ts';
import { renderReport, type Report } from './support/report.ts';

const BENCHES: Record<string, () => Promise<{ run: (options: SearchOptions) => Promise<Report> }>> = {
  backlog: () => import('./backlog.ts'),
  chunking: () => import('./chunking.ts'),
  contracts: () => import('./contracts.ts'),
  embed: () => import('./embed.ts'),
  fuzz: () => import('./fuzz.ts'),
  http: () => import('./http.ts'),
  kernel: () => import('./kernel.ts'),
  search: () => import('./search/run.ts'),
};

const HELP = `Measures one thing and holds it to its bounds; exit code 1 when one fails.

  npm run -s bench -- contracts          a table
  npm run -s bench -- contracts --json   one JSON object

Of search, which takes long, less may be asked for:
  --quick            one set of 100,000 vectors, ours only: about a minute
  --only <section>   load, build, warm, peers or cold
  --max-rows <n>     no larger sets: 100000 leaves the million out
Its peers are installed by: npm run bench:setup

Benchmarks: ${Object.keys(BENCHES).join(', ')}`;

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      'max-rows': { type: 'string', default: 'Infinity' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [name, ...others] = positionals;
  const load = Object.entries(BENCHES).find(([known]) => known === name)?.[1];
  if (values.help || load === undefined || others.length > 0) {
    console.error(HELP);
    return values.help ? 0 : 2;
  }
  const { quick, only } = values;
  const options = { quick, maxRows: Number(values['max-rows']), ...(only !== undefined && { only }) };
  const report = await (await load()).run(options);
  console.log(values.json ? JSON.stringify(report) : renderReport(report));
  return report.bars.every(({ ok }) => ok) ? 0 : 1;
};

process.exitCode = await main();
