import { useEffect, useState } from 'preact/hooks';
import { loadCollectionNames } from '../../api/collections.ts';
import { Page } from '../../parts/page.tsx';
import { navigate } from '../../router.ts';
import { DropZone } from './drop-zone.tsx';
import { beginJourney, journey } from './journey.ts';
import { JourneyCard } from './journey-card.tsx';
import { Overview } from './overview.tsx';

const SearchBox = ({ collection }: { collection: string }) => {
  const [words, setWords] = useState('');
  const suggested = journey.value?.query;
  useEffect(() => {
    if (suggested !== undefined) setWords(suggested);
  }, [suggested]);
  const submit = (event: Event): void => {
    event.preventDefault();
    const query = new URLSearchParams({ q: words, collection });
    navigate(`/search?${query.toString()}`);
  };
  return (
    <form role="search" onSubmit={submit}>
      <input
        class="search-box"
        type="search"
        data-search
        aria-label="Search"
        placeholder="Search   ( / )"
        value={words}
        onInput={(event) => setWords(event.currentTarget.value)}
      />
    </form>
  );
};

const DEFAULT_COLLECTION = 'docs';

const Drop = () => {
  const [collection, setCollection] = useState(journey.value?.collection ?? DEFAULT_COLLECTION);
  return (
    <DropZone
      {...{ collection, onCollection: setCollection }}
      onFiles={(files) => beginJourney(files, collection)}
    />
  );
};

/** The first page: drop something, find it. */
export const HomeView = () => {
  const dropped = journey.value;
  useEffect(() => {
    loadCollectionNames().catch(() => undefined);
  }, [dropped?.hitMs]);
  return (
    <Page
      title="From documents to answers"
      lead="Everything below runs in your own account, or on this machine."
    >
      <Drop />
      <SearchBox collection={dropped?.collection ?? DEFAULT_COLLECTION} />
      {dropped !== undefined && <JourneyCard journey={dropped} />}
      <Overview />
    </Page>
  );
};
