/** The value at a JSON pointer (RFC 6901); undefined when there is none. */
export const atPointer = (value: unknown, pointer: string): unknown => {
  if (pointer === '') return value;
  let current = value;
  for (const token of pointer.split('/').slice(1)) {
    if (typeof current !== 'object' || current === null) return undefined;
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!Object.hasOwn(current, name)) return undefined;
    current = (current as Record<string, unknown>)[name];
  }
  return current;
};

/** True for what {@link atPointer} can follow. */
export const isPointer = (text: string): boolean => text === '' || text.startsWith('/');
