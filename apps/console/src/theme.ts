import { signal } from '@preact/signals';

type Theme = 'light' | 'dark';

const KEY = 'alluvium-theme';
const preference = window.matchMedia('(prefers-color-scheme: dark)');

const chosen = (): Theme | undefined => {
  const stored = window.localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : undefined;
};

const wanted = (): Theme => chosen() ?? (preference.matches ? 'dark' : 'light');

/** The colours in use. */
export const theme = signal<Theme>(wanted());

const apply = (): void => {
  theme.value = wanted();
  document.documentElement.dataset['theme'] = theme.value;
};

/** Takes the other colours, and remembers that. */
export const toggleTheme = (): void => {
  window.localStorage.setItem(KEY, theme.value === 'dark' ? 'light' : 'dark');
  apply();
};

/** Follows the system for as long as nobody chose. */
export const startTheme = (): void => {
  preference.addEventListener('change', apply);
  apply();
};
