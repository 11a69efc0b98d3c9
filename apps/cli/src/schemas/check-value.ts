import { describeFault, faultPath, type DocumentContract, type ValidationFault } from '@alluvium/contracts';
import { documents, events } from '@alluvium/contracts/catalogue';
import { CliError, exitCodes } from '../cli-error.ts';
import { findSchema, plannedBy } from './schema-files.ts';

/** What a validator has to say about one value. */
export interface CheckResult {
  schema: string;
  valid: boolean;
  /** The first fault, by its JSON pointer in the file. */
  fault?: { path: string; message: string };
  /** A property that the schema does not declare: consumers ignore it, producers must not write it. */
  undeclared?: string;
}

interface Subject {
  name: string | undefined;
  value: unknown;
  /** JSON pointer of `value` in the file. */
  at: string;
}

// As EventBridge delivers an event, and as `alluvium events emit --dry-run` prints it.
const subjectOf = (content: unknown): Subject => {
  const { detail, detailType, 'detail-type': delivered } = (content ?? {}) as Record<string, unknown>;
  const name = delivered ?? detailType;
  if (typeof name === 'string' && detail !== undefined) return { name, value: detail, at: '/detail' };
  return { name: undefined, value: content, at: '' };
};

const contractOf = (name: string): DocumentContract<unknown> => {
  const known: Record<string, unknown> = { ...events, ...documents };
  const found = known[name] ?? known[`${name}.v1`];
  if (found !== undefined) return found as DocumentContract<unknown>;
  const schema = findSchema(name);
  const { kind } = schema;
  if (plannedBy(schema) !== undefined)
    throw new CliError(
      `${schema.name} is planned and has no validator yet.`,
      exitCodes.usage,
      `See what it will want: alluvium schemas show ${schema.name}`,
    );
  throw new CliError(
    `${name} is ${kind === 'shared' ? 'only a part of others and' : 'new and'} has no validator of its own.`,
    exitCodes.usage,
    kind === 'shared' ? 'Check the whole that it is part of.' : 'Generate it: npm run generate',
  );
};

const pathIn = (at: string, fault: ValidationFault): string =>
  `${at}${faultPath(fault)}`.replace(/(.)\/$/, '$1');

/**
 * Checks a whole event, its detail or a document, as a consumer does.
 * `as` names the schema where the content does not, and wins where it does.
 */
export const checkValue = (content: unknown, as: string | undefined, file: string): CheckResult => {
  const { name, value, at } = subjectOf(content);
  const wanted = as ?? name;
  if (wanted === undefined) {
    const next = `Say so: alluvium schemas check ${file} --as <name>   (names: alluvium schemas ls)`;
    throw new CliError(`${file} does not say which schema it is meant for.`, exitCodes.usage, next);
  }
  const { name: schema, open, closed } = contractOf(wanted);
  if (!open(value)) {
    const [fault] = open.errors ?? [];
    const path = fault === undefined ? '/' : pathIn(at, fault);
    const said = describeFault(open.errors);
    return { schema, valid: false, fault: { path, message: said.slice(said.indexOf(' ') + 1) } };
  }
  const [extra] = closed(value) ? [] : (closed.errors ?? []);
  return { schema, valid: true, ...(extra !== undefined && { undeclared: pathIn(at, extra) }) };
};
