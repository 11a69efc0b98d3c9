import { S3Error } from './s3-error.ts';

/** What a POST policy demands of the size of the file, in bytes. */
export interface LengthRange {
  minBytes: number;
  maxBytes: number;
}

type Condition = unknown[];

const NEVER_CHECKED = new Set(['policy', 'x-amz-signature', 'file']);

const refused = (reason: string): S3Error =>
  new S3Error('AccessDenied', { message: `Invalid according to Policy: ${reason}` });

const invalid = (reason: string): S3Error =>
  new S3Error('InvalidPolicyDocument', { message: `Invalid Policy: ${reason}` });

interface PolicyDocument {
  expiration: string;
  conditions: Condition[];
}

const readDocument = (base64: string): PolicyDocument => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(base64, 'base64').toString());
  } catch {
    throw invalid('Invalid JSON.');
  }
  if (typeof parsed !== 'object' || parsed === null) throw invalid('Invalid JSON.');
  const { expiration, conditions } = parsed as Record<string, unknown>;
  if (typeof expiration !== 'string' || Number.isNaN(Date.parse(expiration)))
    throw invalid("Invalid 'expiration' value.");
  if (!Array.isArray(conditions)) throw invalid('Policy missing conditions.');
  return { expiration, conditions: (conditions as unknown[]).flatMap(toConditions) };
};

/** `{"acl": "private"}` is short for `["eq", "$acl", "private"]`. */
const toConditions = (condition: unknown): Condition[] => {
  if (Array.isArray(condition)) return [condition as Condition];
  if (typeof condition !== 'object' || condition === null) throw invalid('Invalid condition.');
  return Object.entries(condition as Record<string, unknown>).map(([name, value]) => [
    'eq',
    `$${name}`,
    value,
  ]);
};

const holds = ([operator, , wanted]: Condition, actual: string): boolean =>
  String(operator).toLowerCase() === 'starts-with' ? actual.startsWith(String(wanted)) : actual === wanted;

/** Every condition must hold, and every field must be named by one; `fields` has the bucket among them. */
export const checkPostPolicy = (
  base64: string,
  fields: ReadonlyMap<string, string>,
  nowMs: number,
): LengthRange => {
  const { expiration, conditions } = readDocument(base64);
  if (Date.parse(expiration) <= nowMs) throw refused('Policy expired.');
  const range = { minBytes: 0, maxBytes: Number.MAX_SAFE_INTEGER };
  const named = new Set(NEVER_CHECKED);
  for (const condition of conditions) {
    if (String(condition[0]).toLowerCase() === 'content-length-range') {
      range.minBytes = Number(condition[1]);
      range.maxBytes = Number(condition[2]);
      continue;
    }
    const name = String(condition[1]).replace(/^\$/, '').toLowerCase();
    named.add(name);
    if (!holds(condition, fields.get(name) ?? ''))
      throw refused(`Policy Condition failed: ${JSON.stringify(condition)}`);
  }
  const extra = [...fields.keys()].find(
    (name) => !named.has(name) && name !== 'bucket' && !name.startsWith('x-ignore-'),
  );
  if (extra !== undefined) throw refused(`Extra input fields: ${extra}`);
  return range;
};
