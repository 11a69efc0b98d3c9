import type { RetrieveResponseV1 } from '@alluvium/contracts';
import { useEffect } from 'preact/hooks';
import { collectionNames, loadCollectionNames } from '../../api/collections.ts';
import { info } from '../../api/info.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemBox } from '../../parts/problem-box.tsx';
import { navigate, query } from '../../router.ts';
import { Cost } from './cost.tsx';
import { Hits } from './hits.tsx';
import { SearchForm } from './search-form.tsx';
import { commandOf, curlOf, readState, writeState, type SearchState } from './search-state.ts';
import { useSearch } from './use-search.ts';

const show = (state: SearchState): void => {
  const written = writeState(state);
  navigate(`/search${written === '' ? '' : `?${written}`}`, { replace: true });
};

const Answer = ({ answer, state }: { answer: RetrieveResponseV1; state: SearchState }) =>
  answer.results.length > 0 ? (
    <Hits answer={answer} />
  ) : (
    <Empty command={`npx alluvium status`}>
      Nothing in {state.collection} fits. Try other words, another mode, or fewer filters.
    </Empty>
  );

const Copies = ({ state }: { state: SearchState }) => (
  <div class="row">
    <CopyButton label="Copy as curl" text={curlOf(info.value?.api ?? '', state)} />
    <CopyButton label="Copy as a command" text={commandOf(state)} />
    <CopyButton label="Copy the link" text={window.location.href} />
  </div>
);

// Nobody chose one yet: the first that exists is better than one that does not.
const withKnownCollection = (state: SearchState): SearchState => {
  const names = collectionNames.value ?? [];
  const [first] = names;
  if (query.value.has('collection') || first === undefined || names.includes(state.collection)) return state;
  return { ...state, collection: first };
};

/** Search, and everything about how it went. */
export const SearchView = () => {
  useEffect(() => {
    loadCollectionNames().catch(() => undefined);
  }, []);
  const state = withKnownCollection(readState(query.value));
  const { answer, problem, roundTripMs, isLoading } = useSearch(state);
  return (
    <Page title="Search" lead="Every score explained, every byte counted.">
      <SearchForm state={state} onChange={show} />
      <ProblemBox problem={problem} />
      {state.q === '' && (
        <Empty command='npx alluvium search "how do I validate a JSON schema"'>
          Type a question or some words. Press / to come back here from anywhere.
        </Empty>
      )}
      {answer !== undefined && (
        <div class="columns" aria-busy={isLoading}>
          <section aria-label="Results" class="stack tight">
            <Answer {...{ answer, state }} />
          </section>
          <aside class="stack">
            <Cost {...{ answer, roundTripMs }} />
            <Copies state={state} />
          </aside>
        </div>
      )}
    </Page>
  );
};
