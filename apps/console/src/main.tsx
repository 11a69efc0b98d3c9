import { render } from 'preact';
import { signal } from '@preact/signals';
const n = signal(1);
const App = () => (
  <button style={{ color: 'red' }} onClick={() => (n.value += 1)}>
    {n}
  </button>
);
render(<App />, document.getElementById('app')!);
