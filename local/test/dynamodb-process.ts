import { startDynamoDb } from '../src/dynamodb/dynamodb-server.ts';

// a server in a process of its own, for tests that kill it: argv is the directory, stdout the endpoint
const { endpoint } = await startDynamoDb({ directory: process.argv[2] ?? '' });
console.log(endpoint);
