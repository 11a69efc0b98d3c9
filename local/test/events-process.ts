import { startEventBridge } from '../src/events/events-server.ts';

/** A bus that accepts events but whose targets never answer; for tests that kill it. Run with the directory as argument; prints its endpoint. */
const directory = process.argv[2];
const server = await startEventBridge({
  ...(directory === undefined ? {} : { directory }),
  targets: {
    invokeLambda: () => new Promise(() => undefined),
    sendMessage: () => new Promise(() => undefined),
  },
});
process.stdout.write(server.endpoint);
setInterval(() => undefined, 1000);
