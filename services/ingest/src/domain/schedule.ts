import { PipelineError } from '@alluvium/contracts';
import { Cron } from 'croner';

/** When a source is read that does not say when. */
export const DEFAULT_SCHEDULE = '0 6 * * *';

/** Says that a source is read only when somebody asks. */
export const MANUAL = 'manual';

const MINUTE_MS = 60_000;
const UNITS: Readonly<Record<string, number>> = {
  minute: MINUTE_MS,
  hour: 60 * MINUTE_MS,
  day: 1440 * MINUTE_MS,
};
const RATE = /^rate\(\s*([1-9]\d{0,4})\s+(minute|hour|day)s?\s*\)$/;

/** When a source is read: the newest time that is not after another one, and the next one. */
export interface Schedule {
  /** Undefined where there is none. */
  lastMs(nowMs: number): number | undefined;
  nextMs(nowMs: number): number | undefined;
}

const never: Schedule = { lastMs: () => undefined, nextMs: () => undefined };

// Counted from 1970: whoever asks, and whenever, finds the same times.
const everyMs = (stepMs: number): Schedule => ({
  lastMs: (nowMs) => nowMs - (nowMs % stepMs),
  nextMs: (nowMs) => nowMs - (nowMs % stepMs) + stepMs,
});

const refuse = (text: string, cause?: unknown): PipelineError =>
  new PipelineError(
    `The schedule "${text}" is neither five fields of cron (minute hour day month weekday, in UTC), nor ` +
      `rate(<n> minutes|hours|days), nor ${MANUAL}${cause instanceof Error ? `: ${cause.message}` : ''}`,
    { code: 'SOURCE_INVALID', kind: 'invalid', details: { setting: 'schedule' }, cause },
  );

const cronOf = (text: string): Cron => {
  try {
    // It never fires: it is only asked.
    return new Cron(text, { timezone: 'UTC', mode: '5-part', paused: true });
  } catch (cause) {
    throw refuse(text, cause);
  }
};

/** Reads a schedule: cron in UTC, a rate, or none. @throws SOURCE_INVALID, also for one whose time never comes. */
export const scheduleOf = (text: string = DEFAULT_SCHEDULE): Schedule => {
  if (text === MANUAL) return never;
  const [, count, unit] = RATE.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return everyMs(Number(count) * (UNITS[unit] ?? MINUTE_MS));
  const cron = cronOf(text);
  if (cron.nextRun(new Date(0)) === null) throw refuse(text, new Error('its time never comes'));
  return {
    // What is asked for lies before a time; the times are whole minutes.
    lastMs: (nowMs) => cron.previousRuns(1, new Date(nowMs - (nowMs % MINUTE_MS) + 1000))[0]?.getTime(),
    nextMs: (nowMs) => cron.nextRun(new Date(nowMs))?.getTime(),
  };
};

/** The window of the crawl that a schedule starts: `2026-03-01T06:00Z`. */
export const windowAt = (timeMs: number): string => `${new Date(timeMs).toISOString().slice(0, 16)}Z`;
