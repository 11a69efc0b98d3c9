import { navigate } from '../../router.ts';
import type { ContractGraph, EventRow } from './graph.ts';

const LEFT = 236;
const COLUMN = 124;
const TOP = 52;
const ROW = 26;
const COLOURS = [
  'var(--fetch)',
  'var(--chunk)',
  'var(--embed)',
  'var(--settle)',
  'var(--serve)',
  'var(--derive)',
];

const xOf = (column: number): number => LEFT + COLUMN * column + COLUMN / 2;
const yOf = (row: number): number => TOP + ROW * row + ROW / 2;
const colourOf = (column: number): string => COLOURS[column % COLOURS.length] ?? 'var(--river)';

const describe = ({ services }: ContractGraph, { name, from, to }: EventRow): string => {
  const names = (columns: number[]): string =>
    columns.map((column) => services[column]?.name ?? '').join(', ') || 'nobody of ours';
  return `${name}: from ${names(from)} to ${names(to)}`;
};

const Own = ({ x, y, colour }: { x: number; y: number; colour: string }) => (
  <circle cx={x} cy={y} r="9" fill="none" stroke={colour} stroke-width="1.5" />
);

const Marks = ({ row, y }: { row: EventRow; y: number }) => {
  const columns = [...row.from, ...row.to].map(xOf);
  const colour = colourOf(row.from[0] ?? row.to[0] ?? 0);
  const isOwn = row.from.some((column) => row.to.includes(column));
  return (
    <g>
      <line
        x1={Math.min(...columns)}
        x2={Math.max(...columns)}
        y1={y}
        y2={y}
        stroke={colour}
        stroke-width="3"
      />
      {row.to.map((column) => (
        <circle
          key={`to${column}`}
          cx={xOf(column)}
          cy={y}
          r="5.5"
          fill="var(--surface)"
          stroke={colour}
          stroke-width="2.5"
        />
      ))}
      {row.from.map((column) => (
        <rect
          key={`from${column}`}
          x={xOf(column) - 5.5}
          y={y - 5.5}
          width="11"
          height="11"
          rx="2"
          fill={colourOf(column)}
        />
      ))}
      {isOwn && <Own x={xOf(row.from[0] ?? 0)} {...{ y, colour }} />}
    </g>
  );
};

const keyPress =
  (act: () => void) =>
  (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    act();
  };

interface RowProps {
  graph: ContractGraph;
  row: EventRow;
  y: number;
  isChosen: boolean;
}

const Row = ({ graph, row, y, isChosen }: RowProps) => {
  const choose = (): void => navigate(`/contracts/${row.name}`);
  const width = LEFT + COLUMN * graph.services.length;
  return (
    <g
      class={`graph-row ${isChosen ? 'selected' : ''}`}
      role="button"
      tabIndex={0}
      aria-label={describe(graph, row)}
      aria-pressed={isChosen}
      onClick={choose}
      onKeyDown={keyPress(choose)}
    >
      <rect class="graph-back" x="0" y={y - ROW / 2} width={width} height={ROW} rx="4" />
      <text x="10" y={y + 4}>
        {row.name}
      </text>
      <Marks row={row} y={y} />
    </g>
  );
};

const Columns = ({ graph, height }: { graph: ContractGraph; height: number }) => (
  <>
    {graph.services.map(({ name }, column) => (
      <g key={name} aria-hidden="true">
        <line x1={xOf(column)} x2={xOf(column)} y1={TOP - 12} y2={height} class="graph-line" />
        <rect
          x={xOf(column) - COLUMN / 2 + 6}
          y="8"
          width={COLUMN - 12}
          height="30"
          rx="6"
          class="graph-service"
          stroke={colourOf(column)}
        />
        <text x={xOf(column)} y="27" text-anchor="middle" class="graph-name">
          {name}
        </text>
      </g>
    ))}
  </>
);

/** Who tells whom: a square says it, a ring hears it. */
export const GraphSvg = ({ graph, chosen }: { graph: ContractGraph; chosen: string | undefined }) => {
  const width = LEFT + COLUMN * graph.services.length;
  const height = TOP + ROW * graph.rows.length + 6;
  return (
    <svg
      class="graph"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="group"
      aria-label="Events between services"
    >
      <Columns {...{ graph, height }} />
      {graph.rows.map((row, index) => (
        <Row key={row.name} {...{ graph, row }} y={yOf(index)} isChosen={row.name === chosen} />
      ))}
    </svg>
  );
};
