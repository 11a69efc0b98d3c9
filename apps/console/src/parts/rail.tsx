import { deadLetterCount } from '../api/dead-letter-count.ts';
import { info } from '../api/info.ts';
import { isLive } from '../live/journal.ts';
import { path } from '../router.ts';
import { theme, toggleTheme } from '../theme.ts';
import { Icon, Logo, type IconName } from './icons.tsx';

const VIEWS: { to: string; name: string; icon: IconName }[] = [
  { to: '', name: 'Home', icon: 'home' },
  { to: 'search', name: 'Search', icon: 'search' },
  { to: 'chat', name: 'Chat', icon: 'chat' },
  { to: 'runs', name: 'Runs', icon: 'runs' },
  { to: 'collections', name: 'Collections', icon: 'collections' },
  { to: 'events', name: 'Events', icon: 'events' },
  { to: 'dlq', name: 'Dead letters', icon: 'dlq' },
  { to: 'contracts', name: 'Contracts', icon: 'contracts' },
];

const statusText = (): string => {
  const known = info.value;
  if (known === undefined) return 'not connected';
  if (known.mode === 'remote') return 'remote stack';
  return isLive.value ? 'live' : 'waiting for the stack';
};

const Foot = () => {
  const isOn = info.value?.mode === 'remote' || isLive.value;
  return (
    <div class="rail-foot">
      <span title={info.value?.api}>
        <span class={`pulse ${isOn ? 'on' : ''}`} />
        {statusText()}
      </span>
      <button type="button" class="plain" onClick={toggleTheme}>
        {theme.value === 'dark' ? 'Light colours' : 'Dark colours'}
      </button>
    </div>
  );
};

/** The way to every view. */
export const Rail = () => {
  const [current = ''] = path.value;
  return (
    <header class="rail">
      <span class="strata" />
      <a class="brand" href="/">
        <Logo />
        Alluvium
      </a>
      <nav aria-label="Views">
        {VIEWS.map(({ to, name, icon }) => (
          <a
            key={to}
            class="nav-link"
            href={`/${to}`}
            {...(current === to ? { 'aria-current': 'page' as const } : {})}
          >
            <Icon name={icon} />
            {name}
            {to === 'dlq' && deadLetterCount.value > 0 && (
              <span class="nav-count">{deadLetterCount.value}</span>
            )}
          </a>
        ))}
      </nav>
      <Foot />
    </header>
  );
};
