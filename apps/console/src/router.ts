import { computed, signal } from '@preact/signals';

const here = (): string => window.location.pathname + window.location.search;

const current = signal(here());

window.addEventListener('popstate', () => {
  current.value = here();
});

const split = (target: string): [path: string, query: string] => {
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
};

/** Members of the path: `/runs/abc` is `['runs', 'abc']`. */
export const path = computed(() =>
  split(current.value)[0]
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent),
);

/** What stands behind the question mark. */
export const query = computed(() => new URLSearchParams(split(current.value)[1]));

/** Shows another view; `replace` keeps it out of the history, for what changes while somebody types. */
export const navigate = (target: string, options: { replace?: boolean } = {}): void => {
  if (target === here()) return;
  if (options.replace === true) window.history.replaceState(null, '', target);
  else window.history.pushState(null, '', target);
  current.value = here();
  if (options.replace !== true) window.scrollTo(0, 0);
};

const isPlainClick = ({ button, metaKey, ctrlKey, shiftKey, defaultPrevented }: MouseEvent): boolean =>
  button === 0 && !metaKey && !ctrlKey && !shiftKey && !defaultPrevented;

const isOfConsole = ({ target, origin, hash }: HTMLAnchorElement): boolean =>
  target === '' && origin === window.location.origin && hash === '';

/** Lets links within the console change the view without loading the page again. */
export const followLinks = (event: MouseEvent): void => {
  const link = (event.target as Element | null)?.closest('a');
  if (!link || !isPlainClick(event) || !isOfConsole(link)) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
};
