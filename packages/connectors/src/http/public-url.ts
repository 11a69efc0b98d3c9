/** Query parameters that let somebody in: they must not reach an index that many can read. */
const SECRET =
  /(?:^|[-_.])(?:api[-_]?key|access[-_]?key|key|token|secret|password|passwd|pwd|sig|signature|credentials?|auth)$/i;

const isSecret = (name: string): boolean => SECRET.test(name) || /apikey|accesstoken/i.test(name);

/** `url` without user name, password and secrets in its query; undefined unless it is http(s). */
export const publicUrl = (url: string | undefined): string | undefined => {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return undefined;
  parsed.username = '';
  parsed.password = '';
  for (const name of [...parsed.searchParams.keys()]) {
    if (isSecret(name)) parsed.searchParams.delete(name);
  }
  return parsed.href;
};

/** A URL for error messages: origin and path alone. */
export const urlForMessages = (url: string): string => {
  if (!URL.canParse(url)) return 'a URL that cannot be parsed';
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
};
