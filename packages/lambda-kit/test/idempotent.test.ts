import { describe, expect, it } from '@jest/globals';
import { makeEvent, compactionRequestedV1 } from '@alluvium/contracts';
import { oncePerEvent, oncePerKey } from '@alluvium/lambda-kit';
import { memoryIdempotency, testContext, testRuntime } from '@alluvium/testkit';

const { origin } = testRuntime('compactor');
const detailOf = (requestId: string) =>
  makeEvent(compactionRequestedV1, { collection: 'docs', requestId }, { correlationId: requestId }, origin)
    .detail;

describe('oncePerEvent', () => {
  it('does the work once, however often the event comes', async () => {
    let runs = 0;
    const handle = oncePerEvent(memoryIdempotency(), async () => (runs += 1));
    // A retry is another event with the same identity.
    for (let delivery = 0; delivery < 3; delivery += 1) await handle(detailOf('a'), testContext());
    await handle(detailOf('b'), testContext());
    expect(runs).toBe(2);
  });

  it('lets the event come again after a failure', async () => {
    let tries = 0;
    const handle = oncePerEvent(memoryIdempotency(), async () => {
      tries += 1;
      if (tries === 1) throw new Error('down');
    });
    await expect(handle(detailOf('a'), testContext())).rejects.toThrow();
    await handle(detailOf('a'), testContext());
    expect(tries).toBe(2);
  });

  it('refuses a delivery while another one is at work', async () => {
    let runs = 0;
    let finish: () => void = () => undefined;
    const handle = oncePerEvent(memoryIdempotency(), async () => {
      runs += 1;
      await new Promise<void>((resolve) => (finish = resolve));
    });
    const first = handle(detailOf('a'), testContext());
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(handle(detailOf('a'), testContext())).rejects.toThrow();
    finish();
    await first;
    expect(runs).toBe(1);
  });
});

describe('oncePerKey', () => {
  it('does the work of a key once and gives its result again', async () => {
    let runs = 0;
    const buy = oncePerKey(memoryIdempotency(), 'buy', async ({ key }) => `${key}-${(runs += 1)}`);
    expect(await buy({ key: 'a' }, testContext())).toBe('a-1');
    expect(await buy({ key: 'a' }, testContext())).toBe('a-1');
    expect(await buy({ key: 'b' }, testContext())).toBe('b-2');
  });

  it('does it again after a failure', async () => {
    let tries = 0;
    const buy = oncePerKey(memoryIdempotency(), 'buy', async () => {
      tries += 1;
      if (tries === 1) throw new Error('down');
      return 'bought';
    });
    await expect(buy({ key: 'a' }, testContext())).rejects.toThrow();
    expect(await buy({ key: 'a' }, testContext())).toBe('bought');
  });
});
