import { indexLeaseKey } from '@alluvium/vector-store';
import { expect, it } from '@jest/globals';
import { leaseKeyOf } from '../src/settle-index.ts';
import { INDEX_PATH } from './support/deltas.ts';

it('the compactor takes the lease that an operator takes', () => {
  expect(leaseKeyOf(INDEX_PATH)).toEqual(indexLeaseKey(INDEX_PATH));
});
