import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { EventDetail } from '@alluvium/contracts';
import type { Context } from 'aws-lambda';

/** Longer than any dead letter lives (14 days), so that a late redrive starts nothing twice. */
export const EVENT_TTL_SECONDS = 15 * 24 * 3600;

/** Idempotency items in the service's own table (pk, sk, ttlEpochSeconds). */
export const idempotencyStore = (tableName: string): BasePersistenceLayer =>
  new DynamoDBPersistenceLayer({
    tableName,
    keyAttr: 'pk',
    sortKeyAttr: 'sk',
    expiryAttr: 'ttlEpochSeconds',
  });

/** One for all that share a store: Powertools keeps the first configuration of a store, and lets the others go. */
export const eventIdempotency = (): IdempotencyConfig =>
  new IdempotencyConfig({
    eventKeyJmesPath: 'metadata.idempotencyKey',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: EVENT_TTL_SECONDS,
  });

/**
 * Runs `handle` once per metadata.idempotencyKey. A delivery that finds another one at work fails and is delivered
 * again; one that finds it done is answered at once.
 */
export const oncePerEvent = <Detail extends EventDetail>(
  store: BasePersistenceLayer,
  handle: (detail: Detail) => Promise<unknown>,
): ((detail: Detail, context: Context) => Promise<void>) => {
  const config = eventIdempotency();
  const guarded = makeIdempotent(
    async (detail: Detail) => {
      await handle(detail);
      return { done: true };
    },
    { persistenceStore: store, config },
  );
  return async (detail, context) => {
    // Without the context a crashed attempt would hold the key until it expires.
    config.registerLambdaContext(context);
    await guarded(detail);
  };
};

/** Work that costs and that its key names. */
export interface KeyedWork {
  key: string;
}

/**
 * Runs `handle` once per `key`, whichever function of the service asks; later calls are given what the first one gave. A call that
 * finds another at work fails and may be repeated. One that threw is forgotten: whether it took effect is for `handle` to find out.
 */
export const oncePerKey = <Work extends KeyedWork>(
  store: BasePersistenceLayer,
  name: string,
  handle: (work: Work) => Promise<string>,
): ((work: Work, context: Context) => Promise<string>) => {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'key',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: EVENT_TTL_SECONDS,
  });
  const guarded = makeIdempotent(handle, {
    ...{ persistenceStore: store, config, keyPrefix: name, dataIndexArgument: 0 },
  });
  return (work, context) => {
    // Without the context a crashed attempt would hold the key until it expires.
    config.registerLambdaContext(context);
    return guarded(work);
  };
};
