import { call } from '../../api/call.ts';
import type { DeadLetterQueue } from '../../api/dlq.ts';
import { info } from '../../api/info.ts';
import { useLoad } from '../../api/use-load.ts';
import { count } from '../../format.ts';
import { Empty } from '../../parts/empty.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';
import { path } from '../../router.ts';
import { QueueLetters } from './queue-letters.tsx';

const REFRESH_MS = 4000;

const QueueTile = ({ queue, isChosen }: { queue: DeadLetterQueue; isChosen: boolean }) => (
  <a
    class={`tile ${queue.messages > 0 ? 'warn' : ''}`}
    href={`/dlq/${queue.service}`}
    {...(isChosen ? { 'aria-current': 'true' as const } : {})}
  >
    <span>{queue.service}</span>
    <strong>{count(queue.messages + queue.inFlight)}</strong>
  </a>
);

const Queues = ({ queues, reload }: { queues: readonly DeadLetterQueue[]; reload: () => void }) => {
  const [, named] = path.value;
  const first = queues.find(({ messages, inFlight }) => messages + inFlight > 0)?.service;
  const chosen = named ?? first;
  return (
    <>
      <nav class="tiles" aria-label="Services">
        {queues.map((queue) => (
          <QueueTile key={queue.name} queue={queue} isChosen={queue.service === chosen} />
        ))}
      </nav>
      {chosen === undefined ? (
        <Empty command="npx alluvium dlq ls">
          Nothing was given up. What a service cannot handle lands here, with the reason.
        </Empty>
      ) : (
        <QueueLetters key={chosen} service={chosen} onChange={reload} />
      )}
    </>
  );
};

/** Messages that nobody could handle. */
export const DlqView = () => {
  const { value, problem, reload } = useLoad(
    () => call<{ queues: DeadLetterQueue[] }>('/_local/dlq'),
    'dlq',
    REFRESH_MS,
  );
  return (
    <Page title="Dead letters" lead="What services gave up, why, and the way back.">
      {info.value?.store === false ? (
        <Empty command="npx alluvium dlq ls">
          The console reads the queues with AWS credentials: start it with ALLUVIUM_BUCKET set, or use the
          command line.
        </Empty>
      ) : (
        <ProblemBox problem={problem} />
      )}
      {value !== undefined && <Queues queues={value.queues} reload={reload} />}
    </Page>
  );
};
