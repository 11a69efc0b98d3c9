import type { Access, Scope } from '@alluvium/lambda-kit';

/** Work that anybody may start who may write documents. */
const WORK = new Set(['/ingest', '/uploads']);
/** Questions are asked with a body. */
const QUESTIONS = new Set(['/chat']);

const needsToChange = (path: string): Scope => {
  if (QUESTIONS.has(path)) return 'read';
  return WORK.has(path) ? 'write' : 'admin';
};

/** Looking needs `read`, starting work `write`; operations and changes of collections need `admin`. */
export const ACCESS: Access = {
  needs: ({ method, path }) => (method === 'GET' ? 'read' : needsToChange(path)),
};
