import { contentKeyOf } from '../facts.ts';
import { everythingSettles } from '../invariants/liveness.ts';
import { completedOnce, indexIsSource } from '../invariants/pipeline.ts';
import { contentOf, standingOf } from '../reference-model.ts';
import { heldLeases, settleAll } from '../settling.ts';
import { startCrawl } from './crawl-starter.ts';
import { textsOfSource } from './pipeline-facts.ts';
import type { PipelineWorld } from './pipeline-world.ts';

/** So long a part without a fate is taken to be on its way, and a little more. */
const TRUST_MS = 25 * 3_600_000;

const indexOf = ({ observer }: Pick<PipelineWorld, 'observer'>) => [...observer.facts.indexes.values()][0];

const goodDeltas = ({ observer }: PipelineWorld) => {
  const reverted = indexOf({ observer })?.reverted;
  return [...observer.facts.byContentKey.values()]
    .map(({ delta }) => delta)
    .filter((delta) => reverted?.has(contentKeyOf(delta)) !== true);
};

const judgeQuiescence = (world: PipelineWorld): void => {
  const { observer, pipeline, services } = world;
  const { facts } = observer;
  const index = indexOf(world);
  const [indexPath = ''] = world.plan.indexPaths;
  observer.judge(everythingSettles, {
    states: facts.states,
    ...{ poisoned: new Set<string>(), eitherWay: new Set<string>(), told: facts.told },
    held: heldLeases(world),
    // Pages and passages may be refused for good here; deltas never are.
    deadLetters: services.queues.deltas.deadLetters.map(({ body }) => body),
    indexes: [
      {
        indexPath,
        found: index?.versions.get(index.head?.version ?? 0)?.chunkIds ?? [],
        expected: contentOf(goodDeltas(world)).chunkIds,
      },
    ],
  });
  const { started, completions, givenUp } = pipeline.facts;
  for (const runId of started) {
    const eventIds = [...(completions.get(runId) ?? [])];
    observer.judge(completedOnce, { runId, eventIds, isGivenUp: givenUp.has(runId) });
  }
};

const settle = async (world: PipelineWorld): Promise<void> => {
  await settleAll(world);
  if (world.observer.violations.length === 0) judgeQuiescence(world);
};

const judgeConvergence = (world: PipelineWorld): void => {
  const standing = [...standingOf(goodDeltas(world)).values()].filter(({ deleted }) => !deleted);
  const texts = standing.map(({ documentId, chunks }): [string, string] => [
    documentId,
    chunks.map(({ text }) => text).join(''),
  ]);
  world.observer.judge(indexIsSource, { source: textsOfSource(world.source), index: new Map(texts) });
};

/** Lets a source be crawled while everything goes wrong, and then until its index must have everything. */
export const runPipeline = async (world: PipelineWorld): Promise<void> => {
  const { observer, scheduler, climate, services, source, producers } = world;
  await settle(world);
  source.repair();
  // What was lost on its way is passed on again only once it is no longer believed to come; and what was built upon it after that.
  for (const waitMs of [TRUST_MS, 0]) {
    if (observer.violations.length > 0) return;
    scheduler.nowMs += waitMs;
    climate.stormMs = scheduler.nowMs;
    producers.push(startCrawl(services, source, (world.crawls += 1)));
    await settle(world);
  }
  if (observer.violations.length === 0) judgeConvergence(world);
};
