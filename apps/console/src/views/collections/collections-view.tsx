import type { CollectionsV1 } from '@alluvium/contracts';
import { call } from '../../api/call.ts';
import { info } from '../../api/info.ts';
import type { StoredCollection } from '../../api/snapshots.ts';
import { useLoad } from '../../api/use-load.ts';
import { ago, bytes, count } from '../../format.ts';
import { Empty } from '../../parts/empty.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';

const REFRESH_MS = 6000;

const loadCollections = async (): Promise<StoredCollection[]> => {
  const path = info.value?.store === true ? '/_local/collections' : '/api/collections';
  return (await call<{ collections: CollectionsV1['collections'] }>(path)).collections as StoredCollection[];
};

const SnapshotFacts = ({ snapshot }: { snapshot: NonNullable<StoredCollection['snapshot']> }) => (
  <Facts
    facts={{
      documents: count(snapshot.documents),
      chunks: count(snapshot.chunks),
      segments: count(snapshot.segments),
      size: bytes(snapshot.sizeBytes),
      version: snapshot.version,
      settled: <span title={snapshot.publishedAt}>{ago(snapshot.publishedAt)}</span>,
    }}
  />
);

const Card = ({ known }: { known: StoredCollection }) => (
  <section class="card stack tight" aria-label={known.collection}>
    <div class="row spread">
      <h2>
        <a href={`/collections/${known.collection}`}>{known.collection}</a>
      </h2>
      <span class="muted small">
        {known.active?.modelId.replace(/@.*/, '') ?? 'nothing published yet'}
        {known.active !== undefined && `, ${known.active.dims} dimensions`}
      </span>
    </div>
    {known.snapshot !== undefined && <SnapshotFacts snapshot={known.snapshot} />}
  </section>
);

/** All collections, and what lies in them. */
export const CollectionsView = () => {
  const { value, problem } = useLoad(loadCollections, `collections ${String(info.value?.store)}`, REFRESH_MS);
  return (
    <Page title="Collections" lead="Deltas settle into snapshots, snapshots are searched where they lie.">
      <ProblemBox problem={problem} />
      {value?.length === 0 && (
        <Empty command="npx alluvium ingest ./docs --collection handbook">
          There is no collection yet; the first upload makes one.
        </Empty>
      )}
      {value?.map((known) => (
        <Card key={known.collection} known={known} />
      ))}
    </Page>
  );
};
