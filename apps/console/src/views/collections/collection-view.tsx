import { call } from '../../api/call.ts';
import { info } from '../../api/info.ts';
import type { LeaseItem, StoredCollection, Version } from '../../api/snapshots.ts';
import { useLoad } from '../../api/use-load.ts';
import { ago, bytes, count } from '../../format.ts';
import { Empty } from '../../parts/empty.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';
import { DocumentsCard } from './documents-card.tsx';
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

const factsOf = (snapshot: NonNullable<StoredCollection['snapshot']>) => ({
  documents: count(snapshot.documents),
  chunks: count(snapshot.chunks),
  segments: count(snapshot.segments),
  size: bytes(snapshot.sizeBytes),
  version: snapshot.version,
  fence: snapshot.fence,
  tombstones: count(snapshot.tombstones),
  'last settled': ago(snapshot.publishedAt),
});

const Head = ({ known }: { known: StoredCollection }) => (
  <section class="card" aria-label="What lies in it">
    <Facts
      facts={{
        ...(known.snapshot === undefined ? { documents: 'nothing published' } : factsOf(known.snapshot)),
        model: known.active?.modelId.replace(/@.*/, '') ?? 'none',
        chunker: chunkerText(known),
      }}
    />
  </section>
);

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
    <DocumentsCard collection={name} />
  </Page>
);
