import type { LeaseKey } from './lease-table.ts';

/** Key of the lease of an index: whoever changes it holds this one, compactor and operator alike. */
export const indexLeaseKey = (indexPath: string): LeaseKey => ({ pk: `lease#${indexPath}`, sk: 'lease' });
