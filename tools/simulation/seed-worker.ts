import { parentPort } from 'node:worker_threads';
import { runSeed } from './run-seed.ts';

const port = parentPort;
if (port === null) throw new Error('This file is run by run-seeds.ts');

port.on('message', (seed: number) => {
  runSeed(seed).then(
    (result) => port.postMessage({ result }),
    (error: unknown) =>
      port.postMessage({
        seed,
        failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
  );
});
