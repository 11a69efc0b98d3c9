// Handlers wire themselves when they are imported and read these; the benchmark gives them other dependencies afterwards.
Object.assign(process.env, {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  POWERTOOLS_SERVICE_NAME: 'compactor',
  POWERTOOLS_DEV: 'false',
  SERVICE_VERSION: '0.1.0',
  DATA_BUCKET: 'test-data',
  EVENT_BUS_NAME: 'bench-bus',
  DEAD_LETTER_QUEUE_URL: 'http://127.0.0.1:1/000000000000/dead-letters',
  TABLE_NAME: 'bench-table',
  DOORBELL_QUEUE_URL: 'http://127.0.0.1:1/000000000000/doorbell',
});
