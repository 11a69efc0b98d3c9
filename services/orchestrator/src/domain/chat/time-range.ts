/** A stretch of time, its end not included; ISO 8601. */
export interface TimeRange {
  since?: string;
  until?: string;
}

/** A question without the words that named a time. */
export interface TimedQuestion {
  range: TimeRange;
  rest: string;
}

interface Period {
  startMs: number;
  endMs: number;
}

const DAY_MS = 24 * 3600 * 1000;
const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);
const MONTH = MONTHS.map((month) => `${month.slice(0, 3)}(?:${month.slice(3)})?`).join('|');
const PERIOD = `\\d{4}-\\d{2}-\\d{2}|\\d{4}-\\d{2}|(?:${MONTH}) \\d{4}|(?:19|20)\\d{2}`;

const dayOf = (nowMs: number): Date => {
  const now = new Date(nowMs);
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
};

const span = (year: number, month: number, day: number, end: [number, number, number]): Period => ({
  startMs: Date.UTC(year, month, day),
  endMs: Date.UTC(...end),
});

const parsePeriod = (text: string): Period => {
  const [, year = '', month, day] = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(text) ?? [];
  if (year === '') {
    const [name = '', named = ''] = text.split(' ');
    const index = MONTHS.findIndex((full) => full.startsWith(name.slice(0, 3)));
    return span(Number(named), index, 1, [Number(named), index + 1, 1]);
  }
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)];
  if (day !== undefined) return span(y, m, d, [y, m, d + 1]);
  return month === undefined ? span(y, 0, 1, [y + 1, 0, 1]) : span(y, m, 1, [y, m + 1, 1]);
};

const UNIT_DAYS: Record<string, number> = { day: 1, week: 7, month: 30, year: 365 };

const currentPeriod = (unit: string, nowMs: number): Period => {
  const today = dayOf(nowMs);
  const [year, month, date] = [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()];
  if (unit === 'year') return span(year, 0, 1, [year + 1, 0, 1]);
  if (unit === 'month') return span(year, month, 1, [year, month + 1, 1]);
  // Weeks begin on Monday.
  const monday = date - ((today.getUTCDay() + 6) % 7);
  return span(year, month, monday, [year, month, monday + 7]);
};

const previousPeriod = (unit: string, nowMs: number): Period =>
  currentPeriod(unit, currentPeriod(unit, nowMs).startMs - DAY_MS);

const iso = (ms: number): string => new Date(ms).toISOString();
const within = ({ startMs, endMs }: Period): TimeRange => ({ since: iso(startMs), until: iso(endMs) });

type Reader = (match: string[], nowMs: number) => TimeRange;

const READERS: [RegExp, Reader][] = [
  [
    new RegExp(`\\b(?:between|from) (${PERIOD}) (?:and|to|until) (${PERIOD})\\b`, 'i'),
    ([, from = '', to = '']) => ({
      since: iso(parsePeriod(from).startMs),
      until: iso(parsePeriod(to).endMs),
    }),
  ],
  [
    new RegExp(`\\b(?:since|from) (${PERIOD})\\b`, 'i'),
    ([, period = '']) => ({ since: iso(parsePeriod(period).startMs) }),
  ],
  [
    new RegExp(`\\bafter (${PERIOD})\\b`, 'i'),
    ([, period = '']) => ({ since: iso(parsePeriod(period).endMs) }),
  ],
  [
    new RegExp(`\\bbefore (${PERIOD})\\b`, 'i'),
    ([, period = '']) => ({ until: iso(parsePeriod(period).startMs) }),
  ],
  [
    new RegExp(`\\b(?:until|up to) (${PERIOD})\\b`, 'i'),
    ([, period = '']) => ({ until: iso(parsePeriod(period).endMs) }),
  ],
  [
    new RegExp(`\\b(?:in|during|of|on) (${PERIOD})\\b`, 'i'),
    ([, period = '']) => within(parsePeriod(period)),
  ],
  [
    /\b(?:in |during |over )?(?:the )?(?:last|past) (\d{1,4}) (day|week|month|year)s?\b/i,
    ([, count = '', unit = ''], nowMs) => ({
      since: iso(nowMs - Number(count) * (UNIT_DAYS[unit] ?? 1) * DAY_MS),
    }),
  ],
  [/\b(?:in )?last (week|month|year)\b/i, ([, unit = ''], nowMs) => within(previousPeriod(unit, nowMs))],
  [/\b(?:in )?this (week|month|year)\b/i, ([, unit = ''], nowMs) => within(currentPeriod(unit, nowMs))],
  [
    /\byesterday\b/i,
    (_, nowMs) => within({ startMs: dayOf(nowMs).getTime() - DAY_MS, endMs: dayOf(nowMs).getTime() }),
  ],
  [
    /\btoday\b/i,
    (_, nowMs) => within({ startMs: dayOf(nowMs).getTime(), endMs: dayOf(nowMs).getTime() + DAY_MS }),
  ],
];

/** Reads the time that a question names, in English and in UTC: "in March 2024", "since 2023", "the last 3 days". */
export const readTimeRange = (question: string, nowMs: number): TimedQuestion => {
  for (const [pattern, read] of READERS) {
    const match = pattern.exec(question);
    if (match === null) continue;
    const named = [...match].map((part) => part.toLowerCase());
    const rest = question
      .replace(match[0], ' ')
      .replace(/\s+/g, ' ')
      .replace(/ ([?.!,])/g, '$1')
      .trim();
    return { range: read(named, nowMs), rest };
  }
  return { range: {}, rest: question };
};
