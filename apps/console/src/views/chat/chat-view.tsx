import { useEffect, useState } from 'preact/hooks';
import { collectionNames, loadCollectionNames } from '../../api/collections.ts';
import { Empty } from '../../parts/empty.tsx';
import { Page } from '../../parts/page.tsx';
import { query } from '../../router.ts';
import { ask, forget, turns } from './conversation.ts';
import { TurnCard } from './turn-card.tsx';

const useCollection = (): [string, (name: string) => void] => {
  const [chosen, setChosen] = useState(query.value.get('collection') ?? '');
  const names = collectionNames.value ?? [];
  useEffect(() => {
    loadCollectionNames().catch(() => undefined);
  }, []);
  return [chosen === '' ? (names.includes('docs') ? 'docs' : (names[0] ?? 'docs')) : chosen, setChosen];
};

interface AskProps {
  collection: string;
  onCollection: (name: string) => void;
}

const AskForm = ({ collection, onCollection }: AskProps) => {
  const [message, setMessage] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    if (message.trim() === '') return;
    ask(message.trim(), collection);
    setMessage('');
  };
  return (
    <form class="card row" onSubmit={submit}>
      <input
        class="grow search-box"
        aria-label="Question"
        placeholder="Ask the documents"
        value={message}
        onInput={(event) => setMessage(event.currentTarget.value)}
      />
      <select
        aria-label="Collection"
        value={collection}
        onChange={(event) => onCollection(event.currentTarget.value)}
      >
        {[...new Set([...(collectionNames.value ?? []), collection])].map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <button type="submit" class="primary" disabled={message.trim() === ''}>
        Ask
      </button>
      <button type="button" disabled={turns.value.length === 0} onClick={forget}>
        Begin anew
      </button>
    </form>
  );
};

/** Questions to the documents, with the passages that answer them. */
export const ChatView = () => {
  const [collection, setCollection] = useCollection();
  return (
    <Page title="Chat" lead="Every answer names the passages it rests on.">
      <AskForm collection={collection} onCollection={setCollection} />
      {turns.value.length === 0 && (
        <Empty command="npm start">Ask something that the documents can answer. There are none yet?</Empty>
      )}
      <ol class="stack" aria-live="polite">
        {turns.value.map((turn) => (
          <TurnCard key={turn.id} turn={turn} collection={collection} />
        ))}
      </ol>
    </Page>
  );
};
