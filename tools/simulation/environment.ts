// Handlers wire themselves when they are imported and read these; the simulation gives them other dependencies afterwards.
Object.assign(process.env, {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'simulated',
  AWS_SECRET_ACCESS_KEY: 'simulated',
  POWERTOOLS_SERVICE_NAME: 'compactor',
  POWERTOOLS_DEV: 'false',
  POWERTOOLS_METRICS_DISABLED: 'true',
  SERVICE_VERSION: '0.1.0',
  DATA_BUCKET: 'data',
  EVENT_BUS_NAME: 'bus',
  DEAD_LETTER_QUEUE_URL: 'http://127.0.0.1:1/000000000000/dead-letters',
  TABLE_NAME: 'compactor',
  DOORBELL_QUEUE_URL: 'http://127.0.0.1:1/000000000000/doorbell',
});

/** Name of the simulated bucket, as the handlers' pointers have it. */
export const BUCKET = 'data';
