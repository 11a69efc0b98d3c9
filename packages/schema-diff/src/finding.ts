import type { ChangeRule, SchemaChange } from './change.ts';

/** A difference without its place. */
export type Finding = Omit<SchemaChange, 'path'>;

type Judgement = (rule: ChangeRule, what: string, why: string) => Finding;

/** Nobody is hurt. */
export const compatible: Judgement = (rule, what, why) => ({ rule, what, why, breaks: [] });

/** More is allowed than before: consumers of the old schema refuse it. */
export const relaxed: Judgement = (rule, what, why) => ({
  rule,
  what,
  why: `Relaxed: consumers of the old schema refuse ${why}`,
  breaks: ['old-readers'],
});

/** Less is allowed than before: values already written are refused. */
export const tightened: Judgement = (rule, what, why) => ({
  rule,
  what,
  why: `Tightened: consumers of the new schema refuse values written before ${why}`,
  breaks: ['new-readers'],
});

/** Neither side can be sure to read the other. */
export const replaced: Judgement = (rule, what, why) => ({
  rule,
  what,
  why,
  breaks: ['old-readers', 'new-readers'],
});

/** No validator notices, but what values mean, or how they are handled, changes. */
export const altered: Judgement = (rule, what, why) => ({ rule, what, why, breaks: ['meaning'] });
