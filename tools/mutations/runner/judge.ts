import type { Mutation } from './read-mutations.ts';
import type { FileReport } from './run-tests.ts';

/** How a planted fault came off. */
export type Verdict = { caught: true; by: string } | { caught: false; why: string };

const firstLine = (text: string): string => text.trim().split('\n', 1)[0] ?? '';

/**
 * A fault is caught by a test whose title says what is wrong, in a file where other tests still pass: a file that does
 * not load, or falls as a whole, tells nobody what to mend.
 */
export const judge = ({ fails }: Pick<Mutation, 'fails'>, reports: FileReport[]): Verdict => {
  const broken = reports.find((report) => report.broken !== undefined)?.broken;
  if (broken !== undefined) return { caught: false, why: `the tests do not load: ${firstLine(broken)}` };
  for (const { failed, passed } of reports) {
    const by = failed.find((title) => title.includes(fails));
    if (by === undefined) continue;
    return passed.length > 0 ? { caught: true, by } : { caught: false, why: 'every test of the file fails' };
  }
  const others = reports.flatMap(({ failed }) => failed);
  const [first] = others;
  return first === undefined
    ? { caught: false, why: 'no test fails' }
    : { caught: false, why: `${others.length} others fail, such as "${first}"` };
};
