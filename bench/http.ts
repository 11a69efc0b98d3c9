import { measureHttp, QUERIES } from './support/http-latency.ts';
import { openHttpStack, ROWS } from './support/http-stack.ts';
import { below, machine, type Report } from './support/report.ts';

/** What a person waits for, the model and the network left out. */
const P50_MS = 15;

/** Warm searches of one collection over HTTP: local API, authorizer, function and index, without the model. */
export const run = async ({ quick }: { quick: boolean }): Promise<Report> => {
  const stack = await openHttpStack();
  try {
    const rows = [];
    for (const [mode, query] of Object.entries(QUERIES))
      rows.push({
        case: `${mode}, ${String(ROWS)} chunks`,
        system: 'alluvium',
        ...(await measureHttp(stack, query, quick)),
      });
    return {
      ...{ name: 'http', machine: machine(), rows },
      bars: rows.map((row) => below(`p50 ms, ${row.case}`, row.p50Ms, P50_MS)),
    };
  } finally {
    await stack.close();
  }
};
