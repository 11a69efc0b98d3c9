import { call } from '../../api/call.ts';
import { info } from '../../api/info.ts';
import type { LeaseItem, StoredCollection, Version } from '../../api/snapshots.ts';
import { useLoad } from '../../api/use-load.ts';
import { ago, bytes, count } from '../../format.ts';
import { Empty } from '../../parts/empty.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';
import { LeaseCard } from './lease-card.tsx';
import { RecallCard } from './recall-card.tsx';
import { VersionsCard } from './versions-card.tsx';

const REFRESH_MS = 6000;

interface Stored {
  versions: Version[];
  lease: LeaseItem | null;
  known: StoredCollection | undefined;
}

const load = async (name: string): Promise<Stored> => {
  const [stored, { collections }] = await Promise.all([
    call<Omit<Stored, 'known'>>(`/_local/collections/${name}/versions`),
    call<{ collections: StoredCollection[] }>('/_local/collections'),
  ]);
  return { ...stored, known: collections.find(({ collection }) => collection === name) };
};

const chunkerText = ({ chunker }: StoredCollection): string =>
  chunker === undefined ? 'by default' : `${chunker.strategy} ${chunker.version}`;

const Head = ({ known }: { known: StoredCollection }) => {
  const { snapshot, active } = known;
  return (
    <section class="card" aria-label="What lies in it">
      <Facts
        facts={{
          documents: count(snapshot?.documents ?? 0),
          chunks: count(snapshot?.chunks ?? 0),
          segments: count(snapshot?.segments ?? 0),
          size: bytes(snapshot?.sizeBytes ?? 0),
          version: snapshot?.version ?? 'none',
          fence: snapshot?.fence ?? 'none',
          tombstones: count(snapshot?.tombstones ?? 0),
          'last settled': snapshot === undefined ? 'never' : ago(snapshot.publishedAt),
          model: active?.modelId.replace(/@.*/, '') ?? 'none',
          chunker: chunkerText(known),
        }}
      />
    </section>
  );
};

const Stored = ({ name }: { name: string }) => {
  const { value, problem, reload } = useLoad(() => load(name), name, REFRESH_MS);
  return (
    <>
      <ProblemBox problem={problem} />
      {value?.known !== undefined && <Head known={value.known} />}
      {value !== undefined && (
        <div class="columns">
          <VersionsCard collection={name} versions={value.versions} reload={reload} />
          <aside class="stack">
            <LeaseCard collection={name} lease={value.lease} reload={reload} />
            <RecallCard collection={name} />
          </aside>
        </div>
      )}
    </>
  );
};

/** One collection: its sizes, its versions, its lock. */
export const CollectionView = ({ name }: { name: string }) => (
  <Page
    title={name}
    lead={
      <span class="row">
        <a href={`/search?collection=${name}`}>Search it</a> <a href={`/chat?collection=${name}`}>Ask it</a>
      </span>
    }
  >
    {info.value?.store === false ? (
      <Empty command={`npx alluvium snapshots ls --collection ${name}`}>
        Sizes, versions and the lock are read from the store itself, with AWS credentials: start the console
        with ALLUVIUM_BUCKET set, or use the command line.
      </Empty>
    ) : (
      <Stored name={name} />
    )}
  </Page>
);
