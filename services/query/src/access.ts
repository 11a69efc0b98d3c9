import type { Access } from '@alluvium/lambda-kit';

/** Searching and looking needs `read`, deleting `write`; every route looks at the collection that it is asked about. */
export const ACCESS: Access = {
  needs: ({ method, path }) => (method === 'DELETE' || path === '/documents/delete' ? 'write' : 'read'),
  checksCollection: () => true,
};
