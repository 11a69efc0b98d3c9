import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RawRecordV1 } from '@alluvium/contracts';

/** A connector, as far as the suite uses it; that of @alluvium/connectors is one. */
interface ConnectorUnderTest {
  step(point: Point): Promise<Page>;
}

interface Point {
  base: { state?: never; known: Record<string, string> };
  cursor?: never;
  plan?: never;
}

interface Page {
  records: Omit<RawRecordV1, 'sequence'>[];
  seen: Record<string, string>;
  cursor?: unknown;
  plan?: unknown;
  end?: { state: unknown; complete: boolean };
}

/** What a connector is opened with in the suite. */
export interface ConformanceDeps {
  clock: { nowMs(): number; pause(delayMs: number): Promise<void> };
  secrets: (name: string) => Promise<string>;
  /** False for a client that may ask public hosts alone. */
  mayAskThisMachine: boolean;
}

/** A source that the suite can change and disturb. It begins with at least three documents. */
export interface ConformanceSource {
  open(deps: ConformanceDeps): ConnectorUnderTest;
  /** Values that must not get out, by name. */
  secrets: Record<string, string>;
  /** Adds a document, or changes it. */
  put(id: string, text: string): void;
  remove(id: string): void;
  /** Key of a document: `<entity>#<entityId>`. */
  keyOf(id: string): string;
  /** Keys of the documents that are there. */
  keys(): string[];
  /** Requests that arrived. */
  requests(): number;
  /** The next request is answered like this. */
  disturb(status: number, headers?: Record<string, string>): void;
  /** Whether a crawl of everything tells what is gone. */
  seesDeletions: boolean;
  /** Whether the source may ask for a short pause. */
  namesPauses: boolean;
  close(): Promise<void>;
}

interface Crawled {
  records: Page['records'];
  pages: Page[];
  known: Record<string, string>;
  state: unknown;
  complete: boolean;
}

const MAX_STEPS = 5000;
const START_MS = Date.UTC(2026, 2, 1, 12);

const viaJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const keyOf = ({ entity = '', entityId, body = '{}', path }: Page['records'][number]): string => {
  if (entityId !== undefined) return `${entity}#${entityId}`;
  const { id = path } = JSON.parse(body) as { id?: string | number };
  return `${entity}#${id}`;
};

class Clock {
  nowAt = START_MS;
  pauses: number[] = [];

  nowMs(): number {
    return this.nowAt;
  }

  async pause(delayMs: number): Promise<void> {
    this.pauses.push(delayMs);
    this.nowAt += delayMs;
  }
}

const crawled = (
  pages: Page[],
  base: Point['base'],
  { state, complete }: NonNullable<Page['end']>,
): Crawled => {
  const seen = Object.assign({}, ...pages.map((page) => page.seen)) as Record<string, string>;
  const known = complete ? seen : { ...base.known, ...seen };
  return { records: pages.flatMap(({ records }) => records), pages, known, state, complete };
};

const baseAfter = (before: Crawled | undefined): Point['base'] =>
  before === undefined ? { known: {} } : { known: before.known, state: before.state as never };

/** Runs a crawl; `reopen` makes a new connector for each step, as another process would. */
const crawl = async (
  open: () => ConnectorUnderTest,
  before?: Crawled,
  { reopen = false }: { reopen?: boolean } = {},
): Promise<Crawled> => {
  const base = baseAfter(before);
  const first = open();
  const pages: Page[] = [];
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    const cursor = pages.at(-1)?.cursor;
    const plan = pages.findLast((page) => page.plan !== undefined)?.plan;
    const connector = reopen ? open() : first;
    const page = viaJson(await connector.step(viaJson({ base, cursor, plan }) as Point));
    pages.push(page);
    if (page.end !== undefined) return crawled(pages, base, page.end);
  }
  throw new Error(`The crawl does not end within ${MAX_STEPS} steps`);
};

const delivered = ({ records }: Crawled): string[] =>
  [...new Set(records.filter(({ rejected }) => rejected === undefined).map(keyOf))].sort();

/**
 * What every connector promises, tried on one that reads a source of its kind. What is promised of servers is left out
 * for one that asks none.
 */
export const connectorConformance = (
  name: string,
  start: () => Promise<ConformanceSource>,
  { asksServers = true }: { asksServers?: boolean } = {},
): void => {
  const itOfServers = asksServers ? it : it.skip;
  describe(`the connector ${name}`, () => {
    let source: ConformanceSource;
    let clock: Clock;

    const open = (mayAskThisMachine = true): ConnectorUnderTest =>
      source.open({
        clock,
        mayAskThisMachine,
        secrets: async (secret) => source.secrets[secret]!,
      });
    const read = (before?: Crawled, options?: { reopen: boolean }) => crawl(() => open(), before, options);

    beforeEach(async () => {
      source = await start();
      clock = new Clock();
    });
    afterEach(() => source.close());

    it('gives every document, with an identity and a body', async () => {
      const all = await read();
      expect(delivered(all)).toEqual(source.keys().sort());
      for (const record of all.records) {
        expect(record.body ?? record.rejected).toBeTruthy();
        expect(record.path).toBeTruthy();
      }
      expect(Object.keys(all.known).sort()).toEqual(source.keys().sort());
    });

    it('gives nothing when nothing changed', async () => {
      const first = await read();
      const second = await read(first);
      expect(second.records).toEqual([]);
      expect(second.known).toEqual(first.known);
    });

    it('gives what is new and what changed, and nothing else', async () => {
      const first = await read();
      source.put('added', 'This was not there before.');
      source.put('second', 'This says something else than it did.');
      const second = await read(first);
      expect(delivered(second)).toEqual([source.keyOf('added'), source.keyOf('second')].sort());
      expect((await read(second)).records).toEqual([]);
    });

    it('tells a document that is gone from one that is only not new', async () => {
      const first = await read();
      source.remove('second');
      clock.nowAt += 30 * 24 * 3600 * 1000;
      const second = await read(first);
      expect(second.complete).toBe(source.seesDeletions);
      expect(source.keyOf('second') in second.known).toBe(!source.seesDeletions);
      expect(delivered(second)).not.toContain(source.keyOf('second'));
    });

    it('goes on in another process after every step, with the same records and no request more', async () => {
      const whole = await read();
      const wanted = source.requests();
      clock = new Clock();
      const pieces = await read(undefined, { reopen: true });
      expect(pieces.records).toEqual(whole.records);
      expect(pieces.known).toEqual(whole.known);
      expect(source.requests() - wanted).toBe(wanted);
    });

    itOfServers('repeats what fails for a moment', async () => {
      source.disturb(500);
      expect(delivered(await read())).toEqual(source.keys().sort());
      expect(clock.pauses.length).toBeGreaterThan(0);
    });

    itOfServers('waits as long as it is told to, and not for hours', async () => {
      if (source.namesPauses) {
        source.disturb(429, { 'retry-after': '3' });
        await read();
        expect(Math.max(...clock.pauses)).toBeGreaterThanOrEqual(3000);
      }
      source.disturb(429, { 'retry-after': '7200' });
      await expect(read()).rejects.toMatchObject({
        code: 'RATE_LIMITED',
        kind: 'unavailable',
        details: { retryAfterMs: expect.any(Number) },
      });
    });

    itOfServers('lets no secret out, neither in what it gives nor in what it throws', async () => {
      const secrets = Object.values(source.secrets);
      const all = await read();
      source.disturb(401);
      const outcome = await read().catch((thrown: unknown) => thrown);
      const { message, details, cause } = outcome as Partial<Error> & { details?: unknown };
      const told = JSON.stringify([all, outcome, message, details, String(cause)]);
      for (const secret of secrets) expect(told).not.toContain(secret);
    });

    itOfServers('asks no machine that is not public', async () => {
      await expect(crawl(() => open(false))).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
      expect(source.requests()).toBe(0);
    });
  });
};
