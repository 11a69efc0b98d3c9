import { relaxed, replaced, tightened, type Finding } from './finding.ts';
import type { View } from './view.ts';

const show = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value));

const GROWING = 'Only a string with x-known-values may grow';

/** A change of the type itself; what lies below is then not worth comparing. */
export const compareTypes = ({ type: old = 'any' }: View, { type: now = 'any' }: View): Finding[] => {
  if (old === now) return [];
  const what = `changed its type from ${old} to ${now}`;
  if (now === 'any' || (old === 'integer' && now === 'number')) {
    return [relaxed('type', what, 'the values it now allows')];
  }
  if (old === 'any' || (old === 'number' && now === 'integer')) {
    return [tightened('type', what, 'with another type')];
  }
  return [replaced('type', what, 'Each side refuses what the other writes; a new meaning needs a new name')];
};

/** enum and const: a const is an enum of one. */
export const compareAllowed = ({ values: old }: View, { values: now }: View): Finding[] => {
  if (old === undefined || now === undefined) {
    if (now !== undefined) return [tightened('values', `is now one of ${now.join(', ')}`, 'with another')];
    if (old === undefined) return [];
    return [relaxed('values', `is no longer one of ${old.join(', ')}`, `anything else. ${GROWING}`)];
  }
  const added = now.filter((value) => !old.includes(value)).join(', ');
  const gone = old.filter((value) => !now.includes(value)).join(', ');
  return [
    ...(added === '' ? [] : [relaxed('values', `may now be ${added}`, `it. ${GROWING}`)]),
    ...(gone === '' ? [] : [tightened('values', `may no longer be ${gone}`, 'that are')]),
  ];
};

const LOWER: readonly string[] = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'];
const UPPER: readonly string[] = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'];

/** Keywords that bound a number, a length or a count. */
export const BOUNDS: readonly string[] = [...LOWER, ...UPPER];

const compareBound = (keyword: string, old: unknown, now: unknown): Finding[] => {
  if (old === now) return [];
  const isLower = LOWER.includes(keyword);
  const none = isLower ? -Infinity : Infinity;
  const grew = ((now as number | undefined) ?? none) > ((old as number | undefined) ?? none);
  const what = `changed ${keyword} from ${show(old)} to ${show(now)}`;
  return [
    grew === isLower
      ? tightened('bound', what, 'that lie beyond it')
      : relaxed('bound', what, 'what lies between'),
  ];
};

/** Bounds of numbers, lengths and counts. */
export const compareBounds = (old: View, now: View): Finding[] =>
  BOUNDS.flatMap((keyword) => compareBound(keyword, old.keywords.get(keyword), now.keywords.get(keyword)));

/** Keywords that prescribe the form of a string. */
export const TEXT_FORMS: readonly string[] = ['pattern', 'format'];

const compareTextForm = (keyword: string, old: unknown, now: unknown): Finding[] => {
  if (show(old) === show(now)) return [];
  const what = `changed ${keyword} from ${show(old)} to ${show(now)}`;
  if (old === undefined) return [tightened('text-form', what, 'that do not match')];
  if (now === undefined) return [relaxed('text-form', what, 'what it no longer excludes')];
  return [
    replaced('text-form', what, 'Whether one form lies within the other is not decided: both may refuse'),
  ];
};

/** Pattern and format. */
export const compareTextForms = (old: View, now: View): Finding[] =>
  TEXT_FORMS.flatMap((keyword) =>
    compareTextForm(keyword, old.keywords.get(keyword), now.keywords.get(keyword)),
  );
