import { effect } from '@preact/signals';
import { render } from 'preact';
import { watchDeadLetters } from './api/dead-letter-count.ts';
import { info, loadInfo } from './api/info.ts';
import { App } from './app.tsx';
import { startJournal } from './live/journal.ts';
import { startTheme } from './theme.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/parts.css';
import './styles/timeline.css';
import './styles/views.css';
import './styles/finding.css';
import './styles/reading.css';

startTheme();
void loadInfo();
watchDeadLetters();
effect(() => {
  if (info.value?.events === true) startJournal();
});

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
