/** What was found out about one thing. */
export interface Finding {
  /** Stable name of the check. */
  check: string;
  state: 'ok' | 'wrong' | 'unknown';
  what: string;
  /** Why it matters; of what is not ok. */
  why?: string;
  /** What to do next; of what is not ok. */
  next?: string;
}

export const ok = (check: string, what: string): Finding => ({ check, state: 'ok', what });

export const wrong = (check: string, what: string, why: string, next: string): Finding => ({
  ...{ check, state: 'wrong', what, why, next },
});

/** A check that could not be made: no fault, but nothing is known either. */
export const unknown = (check: string, what: string, next: string): Finding => ({
  ...{ check, state: 'unknown', what, next },
});

/** Runs a check; what it throws is a finding as well. */
export const guarded = async (check: string, look: () => Promise<Finding[]>): Promise<Finding[]> => {
  try {
    return await look();
  } catch (error) {
    const what = error instanceof Error && error.message !== '' ? error.message : 'The check failed.';
    return [
      wrong(check, what, 'The check could not be finished.', 'Mend that, then look again: alluvium doctor'),
    ];
  }
};
