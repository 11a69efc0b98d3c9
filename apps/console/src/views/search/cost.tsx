import type { RetrieveResponseV1 } from '@alluvium/contracts';
import { bytes, count } from '../../format.ts';
import { SplitBar, type Share } from '../../parts/split-bar.tsx';

type Timings = RetrieveResponseV1['timings'];

const STEPS: [name: keyof Timings, label: string, colour: string][] = [
  ['embedMs', 'embed', 'var(--embed)'],
  ['openMs', 'open', 'var(--derive)'],
  ['filterMs', 'filter', 'var(--chunk)'],
  ['denseMs', 'meaning', 'var(--settle)'],
  ['lexicalMs', 'words', 'var(--fetch)'],
  ['fuseMs', 'fuse', 'var(--serve)'],
  ['fetchMs', 'fetch', 'var(--bad)'],
];

const sharesOf = (timings: Timings): Share[] =>
  STEPS.flatMap(([name, label, colour]) => {
    const ms = timings[name];
    return ms === undefined ? [] : [{ label, value: ms, colour, text: ms.toFixed(1) }];
  });

const Plan = ({ plan }: { plan: NonNullable<RetrieveResponseV1['plan']> }) => (
  <details class="small">
    <summary>
      {count(plan.rowsScored)} chunks compared in {plan.segments.length} segments
    </summary>
    <ul>
      {plan.segments.map(({ key, rows, matched, way, why }) => (
        <li key={key} class="break">
          <code>{key.split('/').at(-1)?.slice(0, 12)}</code> {way}, {count(matched)} of {count(rows)}: {why}
        </li>
      ))}
    </ul>
  </details>
);

const seenText = ({ matched, snapshot, tail }: RetrieveResponseV1): string => {
  const of = snapshot === undefined ? '' : ` of ${count(snapshot.chunks + (tail?.chunks ?? 0))}`;
  const unsettled = tail === undefined || tail.deltas === 0 ? '' : ` and ${tail.deltas} unsettled deltas`;
  const version = snapshot === undefined ? 'no snapshot yet' : `snapshot ${snapshot.version}`;
  return `${count(matched)}${of} chunks matched, ${version}${unsettled}`;
};

/** What an answer took: time and what was read. */
export const Cost = ({ answer, roundTripMs }: { answer: RetrieveResponseV1; roundTripMs: number }) => {
  const { timings, read, plan } = answer;
  return (
    <section class="card stack tight" aria-label="What it took">
      <div class="row spread">
        <h2>
          {timings.totalMs.toFixed(1)} ms
          <span class="muted small"> of {roundTripMs.toFixed(0)} ms round trip</span>
        </h2>
      </div>
      <SplitBar label="Milliseconds" shares={sharesOf(timings)} />
      <p class="small">
        {count(read.requests)} requests, {bytes(read.bytes)} read from S3
      </p>
      <p class="small muted">{seenText(answer)}</p>
      {plan !== undefined && <Plan plan={plan} />}
    </section>
  );
};
