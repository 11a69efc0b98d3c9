interface Range {
  start: number;
  end: number;
}

interface HighlightedProps {
  text: string;
  ranges: readonly Range[];
  /** Only this part of the text. */
  from?: number;
  to?: number;
}

/** A text with its matches marked. */
export const Highlighted = ({ text, ranges, from = 0, to = text.length }: HighlightedProps) => {
  const inside = ranges.filter(({ start, end }) => start >= from && end <= to);
  let at = from;
  const pieces = inside.map(({ start, end }) => {
    const before = text.slice(at, start);
    at = end;
    return (
      <span key={start}>
        {before}
        <mark>{text.slice(start, end)}</mark>
      </span>
    );
  });
  return (
    <>
      {from > 0 && '… '}
      {pieces}
      {text.slice(at, to)}
      {to < text.length && ' …'}
    </>
  );
};
