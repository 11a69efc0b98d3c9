import { PipelineError } from './errors.ts';
import type { MetadataV1 } from './generated/types.ts';
import { knownFields, type Fields } from './known-fields.ts';
import { describeFault, faultPath, type Validator } from './validator.ts';

/** The detail of every event: what it is about, and how it came to be. */
export interface EventDetail<Data = unknown> {
  metadata: MetadataV1;
  data: Data;
}

/** A schema of an object, an HTTP body or a stored document, with its two validators. */
export interface DocumentContract<T> {
  /** `retrieve-response.v1` */
  name: string;
  /** For producers: refuses unknown properties. */
  closed: Validator<T>;
  /** For consumers: ignores unknown properties. */
  open: Validator<T>;
  /** What the schema declares, at every level. */
  fields: Fields;
}

/** The contract of one event; its name is the event's detail-type. */
export interface EventContract<Detail extends EventDetail> extends DocumentContract<Detail> {
  /** Paths into `data` whose values make two events the same event. */
  identity: string[];
  /** `external` events are announced to whoever listens; no service of ours needs to. */
  audience: 'services' | 'external';
}

/** The data of an event contract. */
export type DataOf<Contract> = Contract extends EventContract<infer Detail> ? Detail['data'] : never;

const refuse = (what: string, code: string, validator: Validator<unknown>): PipelineError => {
  const [fault] = validator.errors ?? [];
  return new PipelineError(`${what} does not fit its schema: ${describeFault(validator.errors)}`, {
    code,
    kind: 'invalid',
    details: { path: fault === undefined ? '/' : faultPath(fault), keyword: fault?.keyword },
  });
};

/** Returns `value` when it fits the contract as a producer must write it; throws DOCUMENT_INVALID otherwise. */
export const assertProduced = <T>(contract: DocumentContract<T>, value: unknown): T => {
  if (contract.closed(value)) return value;
  throw refuse(contract.name, 'DOCUMENT_INVALID', contract.closed);
};

// What a consumer does not know it must not pass on: its own producer's schema would refuse it.
const read = <T>(contract: DocumentContract<T>, value: unknown): T | undefined => {
  if (contract.closed(value)) return value;
  return contract.open(value) ? (knownFields(value, contract.fields) as T) : undefined;
};

/** Returns `value`, without fields that the contract does not know, when a consumer can read it; throws DOCUMENT_INVALID otherwise. */
export const assertReadable = <T>(contract: DocumentContract<T>, value: unknown): T => {
  const readable = read(contract, value);
  if (readable !== undefined) return readable;
  throw refuse(contract.name, 'DOCUMENT_INVALID', contract.open);
};

/**
 * Returns the detail of an event when it fits, to a consumer without fields that the contract does not know; throws
 * EVENT_INVALID naming the JSON path otherwise.
 */
export const assertEvent = <Detail extends EventDetail>(
  contract: EventContract<Detail>,
  detail: unknown,
  role: 'producer' | 'consumer',
): Detail => {
  if (role === 'consumer') {
    const readable = read(contract, detail);
    if (readable !== undefined) return readable;
    throw refuse(contract.name, 'EVENT_INVALID', contract.open);
  }
  if (contract.closed(detail)) return detail;
  throw refuse(contract.name, 'EVENT_INVALID', contract.closed);
};
