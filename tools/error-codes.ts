// Prints where each error code comes from; docs/errors.md says what to do about it.
import { findCodes } from './error-codes/find-codes.ts';
import { readSources } from './error-codes/read-sources.ts';

for (const { code, kind, at } of findCodes(readSources()).sort((a, b) => (a.code < b.code ? -1 : 1)))
  console.log(`${code.padEnd(28)} ${(kind ?? '-').padEnd(12)} ${at}`);
