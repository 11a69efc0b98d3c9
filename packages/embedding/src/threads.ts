import { availableParallelism } from 'node:os';

/** Memory that brings a Lambda function one whole vCPU. */
const MEGABYTES_PER_VCPU = 1769;

/**
 * Threads that one run of an encoder should have: the vCPUs there are. A Lambda function sees more processors than its
 * memory pays for; with a thread on each of them they would wait for each other.
 */
export const vcpus = (environment: NodeJS.ProcessEnv = process.env): number => {
  const memory = Number(environment['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']);
  const processors = availableParallelism();
  if (!(memory > 0)) return processors;
  return Math.max(1, Math.min(processors, Math.round(memory / MEGABYTES_PER_VCPU)));
};
