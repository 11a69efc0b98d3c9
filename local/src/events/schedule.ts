import { Cron } from 'croner';
import { validationError } from './events-errors.ts';

/** Finds the next moment of a schedule after a given one; undefined when there is none any more. */
export type Schedule = (afterMs: number) => number | undefined;

const UNIT_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
/** Highest value of minutes, hours, day of month, month, day of week, year. */
const LAST = [59, 23, 31, 12, 6, 2199];

const refuse = (): never => {
  throw validationError('Parameter ScheduleExpression is not valid.');
};

const parseRate = (count: string, unit: string, startMs: number): Schedule => {
  const number = Number(count);
  const unitMs = UNIT_MS[unit.replace(/s$/, '')];
  // AWS insists on grammar: 1 minute, 2 minutes
  if (unitMs === undefined || number === 0 || (number === 1) === unit.endsWith('s')) return refuse();
  const periodMs = number * unitMs;
  return (afterMs) => startMs + (Math.floor((afterMs - startMs) / periodMs) + 1) * periodMs;
};

/** AWS counts weekdays from 1 (Sunday), croner from 0; `6#3` is the third Friday, `6L` the last. */
const convertWeekday = (field: string): string =>
  field
    .replace(/(?<![#/\d])\d+/g, (day) => String(Number(day) - 1))
    .replace(/(\d)L/g, '$1#L')
    .replace(/^L$/, '6');

const convertField = (field: string, index: number): string => {
  const value = field === '?' ? '*' : index === 4 ? convertWeekday(field) : field;
  // `10/15` begins at 10 and goes on to the end
  return value.replace(
    /(?<![-\d])(\d+)\/(\d+)/g,
    (_, start: string, step: string) => `${start}-${LAST[index] ?? ''}/${step}`,
  );
};

const parseCron = (expression: string): Schedule => {
  const fields = expression.trim().split(/\s+/);
  const questionMarks = fields.filter((field) => field === '?').length;
  const isDayOnce = questionMarks === 1 && (fields[2] === '?' || fields[4] === '?');
  if (fields.length !== 6 || !isDayOnce) return refuse();
  try {
    const cron = new Cron(['0', ...fields.map(convertField)].join(' '), { timezone: 'UTC', paused: true });
    return (afterMs) => cron.nextRun(new Date(afterMs))?.getTime();
  } catch {
    return refuse();
  }
};

/** Reads `rate(5 minutes)` (counted from `startMs`) or `cron(0 12 * * ? *)` (in UTC). Throws VALIDATION. */
export const parseSchedule = (expression: string, startMs: number): Schedule => {
  const rate = /^rate\((\d+) ([a-z]+)\)$/.exec(expression);
  if (rate !== null) return parseRate(rate[1] ?? '', rate[2] ?? '', startMs);
  const cron = /^cron\((.+)\)$/.exec(expression);
  return cron === null ? refuse() : parseCron(cron[1] ?? '');
};
