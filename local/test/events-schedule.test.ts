import { describe, expect, it } from '@jest/globals';
import { parseSchedule } from '../src/events/schedule.ts';

/** A Saturday. */
const after = Date.UTC(2026, 0, 31, 10, 7, 30);

const next = (expression: string): string | undefined => {
  const dueAtMs = parseSchedule(expression, after)(after);
  return dueAtMs === undefined ? undefined : new Date(dueAtMs).toISOString();
};

describe('a schedule', () => {
  it.each([
    ['rate(1 minute)', '2026-01-31T10:08:30.000Z'],
    ['rate(12 hours)', '2026-01-31T22:07:30.000Z'],
    ['rate(1 day)', '2026-02-01T10:07:30.000Z'],
    ['cron(0 12 * * ? *)', '2026-01-31T12:00:00.000Z'],
    ['cron(0/15 * * * ? *)', '2026-01-31T10:15:00.000Z'],
    ['cron(5/20 8-10 * * ? *)', '2026-01-31T10:25:00.000Z'],
    ['cron(0 9 ? * MON-FRI *)', '2026-02-02T09:00:00.000Z'],
    ['cron(0 9 ? * 2-6 *)', '2026-02-02T09:00:00.000Z'],
    ['cron(0 9 ? * 1 *)', '2026-02-01T09:00:00.000Z'],
    ['cron(0 9 ? * 6#3 *)', '2026-02-20T09:00:00.000Z'],
    ['cron(0 9 ? * 6L *)', '2026-02-27T09:00:00.000Z'],
    ['cron(0 9 L * ? *)', '2026-02-28T09:00:00.000Z'],
    ['cron(0 9 1 1/3 ? *)', '2026-04-01T09:00:00.000Z'],
    ['cron(0 0 1 1 ? 2030)', '2030-01-01T00:00:00.000Z'],
    ['cron(0 0 1 1 ? 2020)', undefined],
  ])('%s comes next at %s', (expression, expected) => {
    expect(next(expression)).toBe(expected);
  });

  it.each([
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(0 minutes)',
    'rate(5 weeks)',
    'cron(0 12 * * *)',
    'cron(0 12 * * * *)',
    'cron(0 12 ? * ? *)',
    'cron(61 12 * * ? *)',
    'every day',
  ])('%s is refused', (expression) => {
    expect(() => next(expression)).toThrow('Parameter ScheduleExpression is not valid.');
  });
});
