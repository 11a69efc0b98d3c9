import { useState } from 'preact/hooks';
import { operate } from '../../api/operations.ts';
import type { Version } from '../../api/snapshots.ts';
import { useAction } from '../../api/use-action.ts';
import { ago, count } from '../../format.ts';
import { Badge } from '../../parts/badge.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';
import { DiffView } from './diff-view.tsx';

const changeText = ({ change }: Version): string =>
  change === undefined ? 'publish' : `${change.kind} ${change.version ?? ''}`.trim();

interface RowProps {
  version: Version;
  isCurrent: boolean;
  onDiff: () => void;
  onRollback: () => void;
}

const Actions = ({ version, onDiff, onRollback }: Omit<RowProps, 'isCurrent'>) => (
  <>
    <button type="button" class="plain" aria-label={`Diff since ${version.version}`} onClick={onDiff}>
      Diff
    </button>
    <button type="button" class="plain" aria-label={`Roll back to ${version.version}`} onClick={onRollback}>
      Roll back
    </button>
  </>
);

const Row = ({ version, isCurrent, onDiff, onRollback }: RowProps) => (
  <tr>
    <td class="nowrap">
      <strong>{version.version}</strong> {isCurrent && <Badge tone="good">current</Badge>}
    </td>
    <td class="nowrap" title={version.createdAt}>
      {ago(version.createdAt)}
    </td>
    <td>{changeText(version)}</td>
    <td class="number">{count(version.documents)}</td>
    <td class="number">{count(version.chunks)}</td>
    <td>
      {version.tags.map((tag) => (
        <Badge key={tag} tone="river">
          {tag}
        </Badge>
      ))}
    </td>
    <td class="nowrap">{!isCurrent && <Actions {...{ version, onDiff, onRollback }} />}</td>
  </tr>
);

interface CardProps {
  collection: string;
  versions: readonly Version[];
  reload: () => void;
}

const useRollback = ({ collection, reload }: CardProps) => {
  const [told, setTold] = useState('');
  const action = useAction(async (version: number) => {
    const done = await operate('rollback-snapshot', { collection, version }, 'Asked for in the console.');
    setTold(done.summary ?? `Version ${version} is back.`);
    reload();
  });
  return { ...action, told };
};

interface TableProps {
  versions: readonly Version[];
  current: number;
  onDiff: (version: number) => void;
  onRollback: (version: number) => void;
}

const Table = ({ versions, current, onDiff, onRollback }: TableProps) => (
  <div class="scroll" tabIndex={0} role="region" aria-label="Versions">
    <table>
      <thead>
        <tr>
          {['Version', 'Made', 'By', 'Documents', 'Chunks', 'Tags', ''].map((name) => (
            <th key={name} scope="col" class={/Documents|Chunks/.test(name) ? 'number' : ''}>
              {name === '' ? <span class="visually-hidden">Actions</span> : name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {versions.map((version) => (
          <Row
            key={version.version}
            version={version}
            isCurrent={version.version === current}
            onDiff={() => onDiff(version.version)}
            onRollback={() => onRollback(version.version)}
          />
        ))}
      </tbody>
    </table>
  </div>
);

/** The versions of a collection: what changed between them, and the way back. */
export const VersionsCard = (props: CardProps) => {
  const { collection, versions } = props;
  const [compared, setCompared] = useState<number | undefined>(undefined);
  const [target, setTarget] = useState<number | undefined>(undefined);
  const rollback = useRollback(props);
  const current = versions[0]?.version ?? 0;
  return (
    <section class="card stack tight" aria-label="Snapshot history">
      <h2>Snapshots</h2>
      <p class="small told" aria-live="polite">
        {rollback.isBusy ? 'Asked the compactor; waiting for its answer…' : rollback.told}
      </p>
      <ProblemBox problem={rollback.problem} />
      <Table {...{ versions, current }} onDiff={setCompared} onRollback={setTarget} />
      {compared !== undefined && <DiffView {...{ collection }} from={compared} to={current} />}
      {target !== undefined && (
        <ConfirmDialog
          title={`Roll ${collection} back to version ${target}`}
          word={collection}
          action="Roll back"
          onConfirm={() => rollback.run(target)}
          onClose={() => setTarget(undefined)}
        >
          <p>A new version gets the content of version {target}; nothing is deleted.</p>
          <DiffView {...{ collection }} from={current} to={target} />
        </ConfirmDialog>
      )}
    </section>
  );
};
