/**
 * Whom a breaking change hurts:
 * - `old-readers`: consumers of the old schema, which meet values written to the new one;
 * - `new-readers`: consumers of the new schema, which meet values written to the old one (queues, dead letters, archive, replays);
 * - `meaning`: no validator notices, but values no longer mean, or are no longer handled as, what they did.
 */
export type Hurt = 'old-readers' | 'new-readers' | 'meaning';

/** The rule that judged a change; stable, for scripts. */
export type ChangeRule =
  | 'property-added'
  | 'property-removed'
  | 'required'
  | 'type'
  | 'values'
  | 'bound'
  | 'text-form'
  | 'items'
  | 'variant'
  | 'free-map'
  | 'known-values'
  | 'identity'
  | 'audience'
  | 'encoding'
  | 'prose'
  | 'annotation'
  | 'unknown-keyword';

/** One difference between two schemas. */
export interface SchemaChange {
  rule: ChangeRule;
  /** JSON pointer into the values the schemas describe; `*` is any item, `<tag>` a variant. */
  path: string;
  /** What changed: `became required`. */
  what: string;
  /** Why that breaks somebody, or why it does not. */
  why: string;
  /** Whom it breaks; empty when it is compatible. */
  breaks: Hurt[];
}

/** True when somebody is hurt by the change. */
export const isBreaking = ({ breaks }: Pick<SchemaChange, 'breaks'>): boolean => breaks.length > 0;

/** True for a change of anything but words: one that a release has to record. */
export const changesContract = ({ rule }: SchemaChange): boolean => rule !== 'prose';

/** `/data/records became required. Values written before lack it, …` */
export const describeChange = ({ path, what, why }: SchemaChange): string => `${path} ${what}. ${why}`;
