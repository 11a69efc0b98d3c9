import { runInThisContext } from 'node:vm';

// Handlers wire themselves when they are imported: give them the variables that serverless.yml would.
Object.assign(process.env, {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  POWERTOOLS_SERVICE_NAME: 'test',
  POWERTOOLS_DEV: 'false',
  SERVICE_VERSION: '0.1.0',
  DATA_BUCKET: 'test-data',
  EVENT_BUS_NAME: 'test-bus',
  DEAD_LETTER_QUEUE_URL: 'http://127.0.0.1:1/000000000000/dead-letters',
  TABLE_NAME: 'test-table',
  POLL_RULE: 'test-table',
  DOORBELL_QUEUE_URL: 'http://127.0.0.1:1/000000000000/doorbell',
});

// Jest's realm has typed arrays of its own, which native code does not accept.
globalThis.Float32Array = runInThisContext('Float32Array');
