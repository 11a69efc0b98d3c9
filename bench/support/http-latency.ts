import { Agent, request } from 'node:http';
import { queryTextOf } from '../search/data/synthetic-texts.ts';
import { vectorOf, type HttpStack } from './http-stack.ts';
import { median, rounded } from './report.ts';

type Body = (at: number) => Record<string, unknown>;

// Of the index's own space, and none of its rows.
const vector = (at: number): number[] => [...vectorOf(1_000_000 + at)];

/** Requests of each kind; those by vector leave the model out. */
export const QUERIES: Record<string, Body> = {
  dense: (at) => ({ vector: vector(at) }),
  hybrid: (at) => ({ vector: vector(at), q: queryTextOf(at) }),
  lexical: (at) => ({ q: queryTextOf(at), mode: 'lexical' }),
  'hybrid, filtered': (at) => ({
    vector: vector(at),
    q: queryTextOf(at),
    filters: { attributes: { even: true } },
  }),
};

const WARM_UP = 30;
const TIMES = { quick: 60, full: 400 };

interface Answered {
  status: number;
  totalMs: number;
  ms: number;
}

const post = ({ api, key }: HttpStack, agent: Agent, body: string): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const headers = { 'content-type': 'application/json', 'x-api-key': key };
    const sent = request(`${api}/retrieve`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        const ms = performance.now() - startedMs;
        const { timings } = JSON.parse(text) as { timings?: { totalMs: number } };
        resolve({ status: response.statusCode ?? 0, totalMs: timings?.totalMs ?? Number.NaN, ms });
      });
    });
    sent.on('error', reject).end(body);
  });

const percentile = (values: number[], share: number): number => {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

/** Milliseconds of one kind of query, one after the other over one connection. */
export const measureHttp = async (
  stack: HttpStack,
  query: Body,
  quick: boolean,
): Promise<{ p50Ms: number; p95Ms: number; serviceP50Ms: number }> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const answers: Answered[] = [];
  for (let at = 0; at < WARM_UP + TIMES[quick ? 'quick' : 'full']; at += 1) {
    const answer = await post(stack, agent, JSON.stringify({ collection: 'bench', k: 10, ...query(at) }));
    if (answer.status !== 200) throw new Error(`The API answered ${String(answer.status)}`);
    if (at >= WARM_UP) answers.push(answer);
  }
  agent.destroy();
  const times = answers.map(({ ms }) => ms);
  return {
    p50Ms: rounded(median(times)),
    p95Ms: rounded(percentile(times, 0.95)),
    serviceP50Ms: rounded(median(answers.map(({ totalMs }) => totalMs))),
  };
};
