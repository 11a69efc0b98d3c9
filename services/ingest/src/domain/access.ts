import type { Access } from '@alluvium/lambda-kit';

/** Looking at sources needs `read`, starting a run `write`; changing them, which names secrets and servers, needs `admin`. */
export const ACCESS: Access = {
  needs: ({ method }) => (method === 'GET' ? 'read' : method === 'POST' ? 'write' : 'admin'),
};
