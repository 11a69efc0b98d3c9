import type { Prices } from './prices.ts';
import type { Usage } from './usage.ts';

/** What a month holds. */
export interface Load {
  /** Documents kept, all month. */
  documents: number;
  /** Queries in the month. */
  queries: number;
}

/** One line of the bill. */
export interface CostLine {
  name: string;
  quantity: number;
  unit: string;
  usd: number;
}

/** What a month costs, and of what. */
export interface MonthlyCost {
  lines: CostLine[];
  totalUsd: number;
}

/** Bytes of the GB that prices are in. */
export const GB = 1e9;

interface Quantities {
  storedGb: number;
  puts: number;
  gets: number;
  gbSeconds: number;
  invocations: number;
  tableWrites: number;
  tableReads: number;
  events: number;
  queueRequests: number;
}

const gbSecondsOf = ({ queries }: Load, changedVectors: number, use: Usage): number => {
  const build = (changedVectors * use.timesRebuilt * use.builderGb) / use.buildVectorsPerSecond;
  const seconds = use.coldShare * use.coldSeconds + (1 - use.coldShare) * use.warmSeconds;
  const schedules = use.schedulesPerMonth * use.scheduleGbSeconds;
  return changedVectors * use.gbSecondsPerVector + build + queries * seconds * use.queryGb + schedules;
};

/** What a month of a load uses. */
export const quantitiesOf = (load: Load, use: Usage): Quantities => {
  const { documents, queries } = load;
  const vectors = documents * use.vectorsPerDocument;
  const parts = Math.ceil((documents * use.changedShare) / use.documentsPerPart);
  const publishes = Math.min(use.publishesPerMonth, parts);
  const bytes = use.indexBytesPerVector * use.keptVersions + use.sourceBytesPerVector;
  const events = parts * use.eventsPerPart + publishes;
  return {
    storedGb: (vectors * bytes) / GB,
    puts: parts * use.putsPerPart + publishes * use.putsPerPublish,
    gets: queries * (use.coldShare * use.coldGets + (1 - use.coldShare) * use.warmGets),
    gbSeconds: gbSecondsOf(load, vectors * use.changedShare, use),
    invocations: parts * use.invocationsPerPart + queries + use.schedulesPerMonth,
    tableWrites: parts * use.tableWritesPerPart,
    tableReads: parts * use.tableReadsPerPart + queries * use.tableReadsPerQuery,
    // Sent, received and deleted.
    ...{ events, queueRequests: 3 * events },
  };
};

/** What a month costs, line by line: quantities times list prices. */
export const monthlyCost = (load: Load, prices: Prices, use: Usage): MonthlyCost => {
  const used = quantitiesOf(load, use);
  const line = (name: string, quantity: number, unit: string, price: number): CostLine => ({
    ...{ name, quantity, unit },
    usd: quantity * price,
  });
  const logs = (used.invocations * use.logBytesPerInvocation) / GB;
  const lines = [
    line('S3 storage', used.storedGb, 'GB-month', prices.s3StorageGbMonth),
    line('S3 writes', used.puts, 'PUTs', prices.s3Put),
    line('S3 reads', used.gets, 'GETs', prices.s3Get),
    line('Lambda time', used.gbSeconds, 'GB-s', prices.lambdaGbSecond),
    line('Lambda calls', used.invocations, 'calls', prices.lambdaRequest),
    line('DynamoDB writes', used.tableWrites, 'writes', prices.dynamoDbWrite),
    line('DynamoDB reads', used.tableReads, 'reads', prices.dynamoDbRead),
    line('EventBridge', used.events, 'events', prices.eventBridgeEvent),
    line('SQS', used.queueRequests, 'requests', prices.sqsRequest),
    line('API Gateway', load.queries, 'requests', prices.apiGatewayRequest),
    line('Logs', logs, 'GB', prices.logsGb),
  ];
  return { lines, totalUsd: lines.reduce((sum, { usd }) => sum + usd, 0) };
};
