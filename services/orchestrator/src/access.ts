import type { Access, Scope } from '@alluvium/lambda-kit';

/** Work that anybody may start who may write documents. */
const WORK = new Set(['/ingest', '/uploads']);
/** Questions are asked with a body. */
const QUESTIONS = new Set(['/chat']);

const needsToChange = (path: string): Scope => {
  // A conversation is of whoever may ask.
  if (QUESTIONS.has(path) || path.startsWith('/sessions/')) return 'read';
  return WORK.has(path) ? 'write' : 'admin';
};

/** Looking needs `read`, starting work `write`; operations and changes of collections need `admin`. */
export const ACCESS: Access = {
  needs: ({ method, path }) => (method === 'GET' ? 'read' : needsToChange(path)),
  checksCollection: ({ path }) => QUESTIONS.has(path) || WORK.has(path) || path.startsWith('/sessions/'),
};
