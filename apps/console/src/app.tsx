import type { VNode } from 'preact';
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

const NotHere = () => (
  <Page title="Not here">
    <Empty>There is no such view.</Empty>
  </Page>
);

/** A view by the first member of its path; some show one of what they show all of. */
const VIEWS: Record<string, (name: string | undefined) => VNode> = {
  '': () => <HomeView />,
  search: () => <SearchView />,
  runs: (name) => (name === undefined ? <RunsView /> : <RunView key={name} runId={name} />),
  events: () => <EventsView />,
  dlq: () => <DlqView />,
  collections: (name) =>
    name === undefined ? <CollectionsView /> : <CollectionView key={name} name={name} />,
  contracts: () => <ContractsView />,
  chat: () => <ChatView />,
};

const View = () => {
  const [first = '', second] = path.value;
  const show = Object.hasOwn(VIEWS, first) ? VIEWS[first] : undefined;
  return show === undefined ? <NotHere /> : show(second);
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
