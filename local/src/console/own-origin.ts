import type { IncomingMessage } from 'node:http';

/**
 * Whether a request comes from the console's own pages or from no page at all. The console adds the key of the stack, so
 * that another page, even one on another port of this machine, must not call it.
 */
export const isOwnRequest = ({ headers }: IncomingMessage): boolean => {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const { origin, host } = headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
};
