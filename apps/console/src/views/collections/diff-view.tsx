import { call } from '../../api/call.ts';
import type { VersionDiff } from '../../api/snapshots.ts';
import { useLoad } from '../../api/use-load.ts';
import { count } from '../../format.ts';
import { ProblemBox } from '../../parts/problem-box.tsx';

const PARTS = [
  ['added', '+', 'good'],
  ['changed', '~', 'warn'],
  ['deleted', '−', 'bad'],
] as const;

const Part = ({ diff, part }: { diff: VersionDiff; part: (typeof PARTS)[number] }) => {
  const [name, sign, tone] = part;
  const { count: all, ids } = diff[name];
  return (
    <div>
      <h3>
        <span class={`badge ${tone}`}>
          {count(all)} {name}
        </span>
      </h3>
      <ul class="mono small diff-ids">
        {ids.map((id) => (
          <li key={id} class="break">
            {sign} {id}
          </li>
        ))}
        {all > ids.length && <li class="muted">and {count(all - ids.length)} more</li>}
      </ul>
    </div>
  );
};

interface DiffProps {
  collection: string;
  from: number;
  to: number;
}

/** What became of the documents between two versions. */
export const DiffView = ({ collection, from, to }: DiffProps) => {
  const path = `/_local/collections/${collection}/diff?from=${from}&to=${to}`;
  const { value, problem } = useLoad(() => call<VersionDiff>(path), path);
  return (
    <div class="stack tight">
      <p class="small muted">
        From version {from} to {to}
      </p>
      <ProblemBox problem={problem} />
      {value !== undefined && (
        <div class="halves" data-diff>
          {PARTS.map((part) => (
            <Part key={part[0]} diff={value} part={part} />
          ))}
        </div>
      )}
    </div>
  );
};
