import { useEffect } from 'preact/hooks';
import { ChatView } from './views/chat/chat-view.tsx';
import { CollectionView } from './views/collections/collection-view.tsx';
import { CollectionsView } from './views/collections/collections-view.tsx';
import { ContractsView } from './views/contracts/contracts-view.tsx';
import { DlqView } from './views/dlq/dlq-view.tsx';
import { EventsView } from './views/events/events-view.tsx';
import { HomeView } from './views/home/home-view.tsx';
import { Page } from './parts/page.tsx';
import { Rail } from './parts/rail.tsx';
import { RunView } from './views/runs/run-view.tsx';
import { RunsView } from './views/runs/runs-view.tsx';
import { SearchView } from './views/search/search-view.tsx';
import { Empty } from './parts/empty.tsx';
import { followLinks, navigate, path } from './router.ts';

const View = () => {
  const [first, second] = path.value;
  switch (first) {
    case undefined:
      return <HomeView />;
    case 'search':
      return <SearchView />;
    case 'runs':
      return second === undefined ? <RunsView /> : <RunView key={second} runId={second} />;
    case 'events':
      return <EventsView />;
    case 'dlq':
      return <DlqView />;
    case 'collections':
      return second === undefined ? <CollectionsView /> : <CollectionView key={second} name={second} />;
    case 'contracts':
      return <ContractsView />;
    case 'chat':
      return <ChatView />;
    default:
      return (
        <Page title="Not here">
          <Empty>There is no such view.</Empty>
        </Page>
      );
  }
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches('input, textarea, select');

/** `/` goes to the search, wherever one is. */
const focusSearch = (event: KeyboardEvent): void => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
  event.preventDefault();
  if (document.querySelector('[data-search]') === null) navigate('/search');
  requestAnimationFrame(() => document.querySelector<HTMLInputElement>('[data-search]')?.focus());
};

/** The console. */
export const App = () => {
  useEffect(() => {
    document.addEventListener('keydown', focusSearch);
    document.addEventListener('click', followLinks);
    return () => {
      document.removeEventListener('keydown', focusSearch);
      document.removeEventListener('click', followLinks);
    };
  }, []);
  return (
    <div class="shell">
      <a class="skip" href="#content">
        To the content
      </a>
      <Rail />
      <main id="content" class="page" tabIndex={-1}>
        <View />
      </main>
    </div>
  );
};
