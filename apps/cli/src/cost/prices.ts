/** Where prices and coefficients come from, and when they were noted. */
export interface Noted {
  source: string;
  date: string;
}

/** List prices in USD, without free tiers, discounts and taxes. */
export interface Prices extends Noted {
  region: string;
  s3StorageGbMonth: number;
  s3Put: number;
  s3Get: number;
  /** Of arm64. */
  lambdaGbSecond: number;
  lambdaRequest: number;
  dynamoDbWrite: number;
  dynamoDbRead: number;
  dynamoDbStorageGbMonth: number;
  eventBridgeEvent: number;
  sqsRequest: number;
  apiGatewayRequest: number;
  logsGb: number;
}

const MILLION = 1e6;

/** Prices by region. They were noted, not fetched: compare them with the pages that they name before relying on them. */
export const PRICES: readonly Prices[] = [
  {
    region: 'us-east-1',
    date: '2026-11',
    source: 'aws.amazon.com/{s3,lambda,dynamodb,eventbridge,sqs,api-gateway,cloudwatch}/pricing',
    s3StorageGbMonth: 0.023,
    s3Put: 5 / MILLION,
    s3Get: 0.4 / MILLION,
    lambdaGbSecond: 0.0000133334,
    lambdaRequest: 0.2 / MILLION,
    dynamoDbWrite: 0.625 / MILLION,
    dynamoDbRead: 0.125 / MILLION,
    dynamoDbStorageGbMonth: 0.25,
    eventBridgeEvent: 1 / MILLION,
    sqsRequest: 0.4 / MILLION,
    apiGatewayRequest: 1 / MILLION,
    logsGb: 0.5,
  },
];
