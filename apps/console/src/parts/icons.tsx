/** Shapes of the icons, on a field of 20 by 20. */
const SHAPES = {
  home: 'M3 9.5 10 3.5l7 6M5 8.5V16.5h10V8.5',
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M13 13l4 4',
  runs: 'M3 5h7M6 10h8M9 15h8',
  events: 'M2.5 10h3l2.5-6 4 12 2.5-6h3',
  dlq: 'M4 5h12v10H4zM4 6l6 5 6-5',
  collections: 'M3 6c3-2 5-2 7 0s4 2 7 0M3 10.5c3-2 5-2 7 0s4 2 7 0M3 15c3-2 5-2 7 0s4 2 7 0',
  contracts: 'M3 4h5v4H3zM12 12h5v4h-5zM8 6h4.5v6',
  chat: 'M3 4.5h14v9H9l-4 3v-3H3z',
} as const;

/** Name of an icon. */
export type IconName = keyof typeof SHAPES;

/** A line drawing that says nothing by itself. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg
    viewBox="0 0 20 20"
    fill="none"
    stroke="currentColor"
    stroke-width="1.6"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <path d={SHAPES[name]} />
  </svg>
);

/** Layers that a river laid down. */
export const Logo = () => (
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <clipPath id="logo">
      <rect width="32" height="32" rx="7" />
    </clipPath>
    <g clip-path="url(#logo)">
      <rect width="32" height="32" fill="#0d4a5e" />
      <path d="M0 13c5-4 9-4 14 0s11 5 18 0v7H0z" fill="#8fc3cf" />
      <path d="M0 19c5-4 9-4 14 0s11 5 18 0v7H0z" fill="#d9b36c" />
      <path d="M0 26c5-4 9-4 14 0s11 5 18 0v7H0z" fill="#a86f3d" />
    </g>
  </svg>
);
