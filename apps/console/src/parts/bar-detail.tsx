import { duration } from '../format.ts';
import type { Bar } from '../live/timeline.ts';
import { EventDetail, Logs } from './event-detail.tsx';
import { Facts } from './facts.tsx';

/** What happened in one bar of a timeline. */
export const BarDetail = ({ bar, onClose }: { bar: Bar; onClose: () => void }) => {
  const { stage, part, queuedAtMs, beganAtMs, endedAtMs, retries, cause, effect, requestIds } = bar;
  return (
    <section class="card stack" aria-label={`${stage} of part ${part}`}>
      <div class="row spread">
        <h2>
          {stage}, part {part}
        </h2>
        <button type="button" class="plain" onClick={onClose}>
          Close
        </button>
      </div>
      <Facts
        facts={{
          waited: beganAtMs === undefined ? '…' : duration(beganAtMs - queuedAtMs),
          worked: beganAtMs === undefined || endedAtMs === undefined ? '…' : duration(endedAtMs - beganAtMs),
          retries,
        }}
      />
      {effect !== undefined && <EventDetail entry={effect} />}
      <details>
        <summary>What asked for it</summary>
        <EventDetail entry={cause} />
      </details>
      {requestIds.length > 0 && <Logs requestIds={requestIds} />}
    </section>
  );
};
