import { startS3 } from '../src/s3/s3-server.ts';

// a server in a process of its own, for tests that kill it: argv is the directory, stdout the endpoint.
// No event is ever taken, so all of them are left to the next process.
const { endpoint } = await startS3({
  directory: process.argv[2] ?? '',
  onEvent: () => new Promise<void>(() => undefined),
});
console.log(endpoint);
