/** One share of a whole. */
export interface Share {
  label: string;
  value: number;
  colour: string;
  /** How its value is written. */
  text: string;
}

/** A whole and what it is made of, with a legend. */
export const SplitBar = ({ shares, label }: { shares: readonly Share[]; label: string }) => {
  const total = shares.reduce((sum, { value }) => sum + value, 0) || 1;
  const spoken = shares.map((share) => `${share.label} ${share.text}`).join(', ');
  return (
    <div>
      <div class="split" role="img" aria-label={`${label}: ${spoken}`}>
        {shares.map((share) => (
          <span
            key={share.label}
            style={{ width: `${(100 * share.value) / total}%`, background: share.colour }}
          />
        ))}
      </div>
      <div class="legend" aria-hidden="true">
        {shares.map((share) => (
          <span key={share.label}>
            <span class="swatch" style={{ background: share.colour }} />
            {share.label} {share.text}
          </span>
        ))}
      </div>
    </div>
  );
};
