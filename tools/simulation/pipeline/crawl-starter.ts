import '../environment.ts';
import { VirtualProcess } from '@alluvium/testkit/simulation';
import { startSource } from '../../../services/ingest/src/start-source.ts';
import type { Producer } from '../actors/producer.ts';
import type { Services } from '../services.ts';
import { ingestDeps, SOURCE_DOCUMENT, windowOf } from './pipeline-process.ts';
import type { ChangingSource } from './source.ts';

const RETRY_MS = 5_000;

/** Starts one crawl of the source, again until it has started; a death costs nothing but time. */
export const startCrawl = (services: Services, source: ChangingSource, crawl: number): Producer => {
  let isStarted = false;
  let lives = 0;
  const live = (): void => {
    lives += 1;
    const process = new VirtualProcess(services.scheduler, `starter-${crawl}.${lives}`);
    const again = (): void =>
      void services.scheduler.schedule(RETRY_MS, {
        actor: process.name,
        label: 'starts again',
        run: live,
      });
    process.died = again;
    process.deliver(0, 'begins', () =>
      process.invoke(
        () => startSource(ingestDeps(process, services, source), SOURCE_DOCUMENT, windowOf(crawl)),
        (failure) => {
          if (failure === undefined) isStarted = true;
          else again();
        },
      ),
    );
  };
  live();
  return { isDone: () => isStarted };
};
