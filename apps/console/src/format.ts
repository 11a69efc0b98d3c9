const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `1,234` */
export const count = (value: number): string => value.toLocaleString('en-US');

/** `1.2 MB` */
export const bytes = (value: number): string => {
  let [amount, unit] = [value, 0];
  while (amount >= 1000 && unit < UNITS.length - 1) [amount, unit] = [amount / 1000, unit + 1];
  return `${amount.toFixed(unit === 0 || amount >= 100 ? 0 : 1)} ${UNITS[unit] ?? ''}`;
};

/** `850 ms`, `2.4 s`, `3 min 5 s` */
export const duration = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
};

/** `12:03:59.123` in the user's own time. */
export const clock = (atMs: number): string => {
  const time = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = `${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, '0')}`;
  return `${two(time.getHours())}:${two(time.getMinutes())}:${seconds}`;
};

/** `2 minutes ago` */
export const ago = (time: string, nowMs = Date.now()): string => {
  const seconds = Math.max(0, Math.round((nowMs - new Date(time).getTime()) / 1000));
  if (seconds < 5) return 'just now';
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
};

/** The beginning of a long id. */
export const short = (id: string): string => (id.length > 12 ? `${id.slice(0, 8)}…` : id);
