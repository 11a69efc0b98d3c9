import { isBreaking, type SchemaChange } from '@alluvium/schema-diff';
import { wrap } from './wrap.ts';

const render = (change: SchemaChange, width: number): string => {
  const verdict = isBreaking(change) ? 'BREAK' : 'ok   ';
  return `${verdict}  ${change.path}\n${wrap(`${change.what}. ${change.why}.`, width, 7)}`;
};

/** Changes as a person reads them, the breaking ones first, and what to do about them. */
export const renderChanges = (changes: SchemaChange[], width: number): string => {
  if (changes.length === 0) return 'Both schemas mean the same.';
  const breaking = changes.filter(isBreaking);
  const harmless = changes.filter((change) => !isBreaking(change));
  const verdict =
    breaking.length === 0
      ? 'Compatible: this may be released under the same name.'
      : `${breaking.length} breaking: this needs a new major beside the old one. How: docs/how-to/evolve-an-event.md`;
  return [...breaking, ...harmless]
    .map((change) => render(change, width))
    .concat('', wrap(verdict, width))
    .join('\n');
};
