import { describeFault, type DocumentContract } from '@alluvium/contracts';
import { events } from '@alluvium/contracts/catalogue';
import type { BusEvent } from '../events/model.ts';
import type { EventEntry } from './journal-entry.ts';

const contracts: Record<string, DocumentContract<unknown>> = events;

/** Holds an event against the contract that its detail-type names, as its producer is held to it. */
export const judgeEvent = (event: BusEvent): Pick<EventEntry, 'validity' | 'fault'> => {
  if (event.source.startsWith('aws.')) return { validity: 'foreign' };
  const name = event['detail-type'];
  const contract = Object.hasOwn(contracts, name) ? contracts[name] : undefined;
  if (contract === undefined) return { validity: 'unknown' };
  if (contract.closed(event.detail)) return { validity: 'valid' };
  return { validity: 'invalid', fault: describeFault(contract.closed.errors) };
};
