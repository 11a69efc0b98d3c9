import { newTrace, Scheduler } from '@alluvium/testkit/simulation';
import { describe, expect, it } from '@jest/globals';
import { Explorer } from '../exhaustive/explorer.ts';

interface Step {
  touches: string;
  isWrite: boolean;
}

/** Runs actors that make their steps in order; returns the orders that were tried from beginning to end. */
const orders = async (actors: Record<string, Step[]>): Promise<string[]> => {
  const explorer = new Explorer();
  const found: string[] = [];
  do {
    explorer.begin();
    const scheduler = new Scheduler(newTrace(), (waiting) => explorer.next(waiting));
    const order: string[] = [];
    const start = (actor: string, [step, ...rest]: Step[]): void => {
      if (step === undefined) return;
      const run = (): void => {
        order.push(actor);
        start(actor, rest);
      };
      scheduler.schedule(0, { actor, label: 'step', ...step, run });
    };
    for (const [actor, steps] of Object.entries(actors)) start(actor, steps);
    while (await scheduler.step()) continue;
    if (!explorer.isCutOff) found.push(order.join(''));
  } while (explorer.turn());
  return found;
};

const write = (touches: string): Step => ({ touches, isWrite: true });
const read = (touches: string): Step => ({ touches, isWrite: false });

describe('the explorer', () => {
  it('tries every order of writes of one object', async () => {
    const found = await orders({ a: [write('x'), write('x')], b: [write('x'), write('x')] });
    expect(found.sort()).toEqual(['aabb', 'abab', 'abba', 'baab', 'baba', 'bbaa']);
  });

  it('tries one order of writes of different objects', async () => {
    expect(await orders({ a: [write('x'), write('x')], b: [write('y'), write('y')] })).toHaveLength(1);
  });

  it('tries one order of reads', async () => {
    expect(await orders({ a: [read('x')], b: [read('x')], c: [read('x')] })).toHaveLength(1);
  });

  it('tries both orders of a read and a write', async () => {
    expect(await orders({ a: [read('x')], b: [write('x')] })).toHaveLength(2);
  });

  it('tries every decision', () => {
    const explorer = new Explorer();
    const found: string[] = [];
    do {
      explorer.begin();
      found.push(explorer.decide(['well', 'lost']) + explorer.decide(['1', '2']));
    } while (explorer.turn());
    expect(found).toEqual(['well1', 'well2', 'lost1', 'lost2']);
  });
});
