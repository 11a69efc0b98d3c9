import type { Grants } from './requests.ts';

/** What each role may do, and nothing else. */
export const GRANTS: Readonly<Record<string, Grants>> = {};

/** Places that a role may write though they are another's. */
export const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {};
