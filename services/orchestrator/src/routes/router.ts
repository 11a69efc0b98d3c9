import type { httpHandler } from '@alluvium/lambda-kit';

/** What routes are added to. */
export type Router = Parameters<Parameters<typeof httpHandler>[1]>[0];
