const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Before a name: never the end of a sentence. Lower case, without the last full stop, as all lists here. */
export const TITLES = words(
  'mr mrs ms mx dr prof st mt ft gen sen rep gov capt lt col maj sgt cpl adm cmdr rev hon pres supt messrs mme ' +
    'mlle fr sr.ta atty',
);

/** Goes on with a number, a name or an explanation, unless a word follows that plainly starts a sentence. */
export const ALWAYS_INSIDE = words(
  'fig figs no nos n° vol vols pp p pg sec sect ch chap art eq eqs ed eds cf viz vs v approx ca est ext dept univ ' +
    'e.g i.e f.e al op cit ibid jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur fri sat sun ' +
    'rs ind med tel min max avg resp incl excl abbr assn bros ave blvd rd min.max',
);

/** May end a sentence: it does when a word follows that plainly starts one. */
export const ENDS_BEFORE_STARTER = words(
  'inc co corp ltd llc plc gmbh jr sr esq etc ph.d m.d b.a m.a m.sc b.sc d.c u.s u.k e.u u.n u.s.a i.v p.s p.o',
);

/** Words that start sentences and seldom names. */
export const STARTERS = words(
  'He She It We They You The A An This That These Those There Here His Her Its Our Their My Your What When Where Why ' +
    'Who How Which While If In On At As By For From With After Before Because Although But And Or So Then Thus ' +
    'However Also Finally Did Do Does Is Are Was Were Will Would Can Could Should Has Have Had Not Another One ' +
    'Some Many Most Each Every All Both No Yes To Until Since Once Now Later Next First Second Moreover I',
);
