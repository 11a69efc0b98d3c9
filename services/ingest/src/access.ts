import type { Access, Scope } from '@alluvium/lambda-kit';

const needsToChange = (path: string): Scope => (path.endsWith('/runs') ? 'write' : 'admin');

/** Looking at sources needs `read`, starting a run `write`; changing them, which names secrets and servers, needs `admin`. */
export const ACCESS: Access = {
  needs: ({ method, path }) => (method === 'GET' ? 'read' : needsToChange(path)),
  checksCollection: () => true,
};
