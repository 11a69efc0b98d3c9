import { describe, expect, it } from '@jest/globals';
import { costMarkdown, costTable } from '../src/cost/cost-table.ts';
import { monthlyCost, quantitiesOf } from '../src/cost/monthly-cost.ts';
import { PEERS } from '../src/cost/peers.ts';
import { PRICES, type Prices } from '../src/cost/prices.ts';
import { usage } from '../src/cost/usage.ts';

const prices = PRICES[0] as Prices;
const use = usage();

describe('the cost of a month', () => {
  it('is the sum of its lines', () => {
    const { lines, totalUsd } = monthlyCost({ documents: 1000, queries: 500 }, prices, use);
    expect(totalUsd).toBeCloseTo(
      lines.reduce((sum, { usd }) => sum + usd, 0),
      12,
    );
  });

  it('multiplies what is used with its price', () => {
    const load = { documents: 2000, queries: 1000 };
    const plain = {
      ...use,
      vectorsPerDocument: 2,
      changedShare: 0.5,
      documentsPerPart: 10,
      eventsPerPart: 6,
    };
    const used = quantitiesOf(load, { ...plain, coldShare: 0.5, coldGets: 10, warmGets: 2 });
    // 100 parts, and a publish for each.
    expect([used.events, used.queueRequests, used.gets]).toEqual([700, 2100, 6000]);
    expect(used.storedGb).toBeCloseTo((4000 * (680 * 2 + 3000)) / 1e9, 12);
    const events = monthlyCost(load, prices, plain).lines.find(({ name }) => name === 'EventBridge');
    expect(events?.usd).toBeCloseTo(700 / 1e6, 12);
  });

  it('of nothing is that of the schedules alone', () => {
    const { lines } = monthlyCost({ documents: 0, queries: 0 }, prices, use);
    expect(lines.filter(({ usd }) => usd > 0).map(({ name }) => name)).toEqual([
      ...['Lambda time', 'Lambda calls', 'Logs'],
    ]);
  });

  it('of other systems never falls as queries rise', () => {
    for (const { usd } of PEERS)
      expect(usd({ documents: 1e6, queries: 1e6 }, use)).toBeGreaterThanOrEqual(
        usd({ documents: 1e6, queries: 1e4 }, use),
      );
  });
});

describe('the table of costs', () => {
  it('has a row a load and a column a system', () => {
    const { header, rows } = costTable(prices, use);
    expect(rows).toHaveLength(6);
    expect(rows.every((row) => row.length === header.length)).toBe(true);
  });

  it('names where every coefficient comes from', () => {
    const text = costMarkdown(prices, use);
    expect(Object.keys(use).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});
