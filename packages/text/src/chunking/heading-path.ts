import type { Heading } from '../markdown-to-text.ts';

const SEPARATOR = ' > ';
/** In UTF-16 units. A context is embedded with every chunk: it says where the chunk stands, and no more. */
const MAX_CONTEXT = 200;

type PathHeading = Pick<Heading, 'level' | 'text'>;

/** The innermost names that fit, from the outside in; undefined when there is none. */
export const contextOf = (names: readonly string[]): string | undefined => {
  let context = '';
  for (const name of names.toReversed()) {
    if (name === '') continue;
    const longer = context === '' ? name : name + SEPARATOR + context;
    if (longer.length > MAX_CONTEXT) break;
    context = longer;
  }
  return context === '' ? undefined : context;
};

/** The headings above a heading of this level. */
export const above = (path: readonly PathHeading[], level: number): PathHeading[] =>
  path.filter((heading) => heading.level < level);

/** The context that a path of headings makes; an outermost heading that repeats the title is left out. */
export const pathContext = (path: readonly PathHeading[], title: string | undefined): string | undefined => {
  const names = path.map(({ text }) => text);
  return contextOf(names[0] === title ? names.slice(1) : names);
};
