import { parseArgs } from 'node:util';
import { renderReport, type Report } from './support/report.ts';

const BENCHES: Record<string, () => Promise<{ run: () => Promise<Report> }>> = {
  chunking: () => import('./chunking.ts'),
  contracts: () => import('./contracts.ts'),
  kernel: () => import('./kernel.ts'),
};

const HELP = `Measures one thing and holds it to its bounds; exit code 1 when one fails.

  npm run -s bench -- contracts          a table
  npm run -s bench -- contracts --json   one JSON object

Benchmarks: ${Object.keys(BENCHES).join(', ')}`;

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [name, ...others] = positionals;
  const load = Object.entries(BENCHES).find(([known]) => known === name)?.[1];
  if (values.help || load === undefined || others.length > 0) {
    console.error(HELP);
    return values.help ? 0 : 2;
  }
  const report = await (await load()).run();
  console.log(values.json ? JSON.stringify(report) : renderReport(report));
  return report.bars.every(({ ok }) => ok) ? 0 : 1;
};

process.exitCode = await main();
