import { describe, expect, it } from '@jest/globals';
import { scheduleOf, windowAt } from '../../src/domain/schedule.ts';

const at = (time: string): number => Date.parse(`2026-03-${time}:00Z`);
const around = (text: string | undefined, time: string): (string | undefined)[] => {
  const schedule = scheduleOf(text);
  return [schedule.lastMs(at(time)), schedule.nextMs(at(time))].map((timeMs) =>
    timeMs === undefined ? undefined : windowAt(timeMs).slice(8),
  );
};

describe('a schedule', () => {
  it.each([
    [undefined, '01T05:59', '28T06:00Z', '01T06:00Z'],
    [undefined, '01T06:00', '01T06:00Z', '02T06:00Z'],
    ['*/15 * * * *', '01T06:07', '01T06:00Z', '01T06:15Z'],
    ['30 8 * * 1-5', '01T12:00', '27T08:30Z', '02T08:30Z'],
    ['@hourly', '01T06:07', '01T06:00Z', '01T07:00Z'],
    ['rate(6 hours)', '01T13:00', '01T12:00Z', '01T18:00Z'],
    ['rate(1 day)', '01T00:00', '01T00:00Z', '02T00:00Z'],
    ['manual', '01T13:00', undefined, undefined],
  ])('of %s has its times, in UTC, around %s', (text, time, last, next) => {
    expect(around(text, time)).toEqual([last, next]);
  });

  it.each([
    'daily',
    '0 6 * *',
    '0 0 6 * * *',
    '61 * * * *',
    '0 0 30 2 *',
    'rate(0 hours)',
    'rate(5 weeks)',
    '',
  ])('of "%s" is refused, with the forms that there are', (text) => {
    expect(() => scheduleOf(text)).toThrow(
      expect.objectContaining({
        code: 'SOURCE_INVALID',
        message: expect.stringContaining('five fields of cron'),
      }),
    );
  });
});
