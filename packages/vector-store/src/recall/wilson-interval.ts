/** 1.96 standard deviations hold 95 % of a normal distribution. */
const Z = 1.959964;

/**
 * Wilson's 95 % interval for a mean of `trials` values between 0 and 1. They need not be 0 or 1: for a given mean nothing varies
 * more than these, so the interval is never too narrow. E. B. Wilson, J. Am. Stat. Assoc. 22 (1927).
 */
export const wilsonInterval = (mean: number, trials: number): { low: number; high: number } => {
  if (trials === 0) return { low: 0, high: 1 };
  const centre = mean + Z ** 2 / (2 * trials);
  const spread = Z * Math.sqrt((mean * (1 - mean)) / trials + Z ** 2 / (4 * trials ** 2));
  const scale = 1 + Z ** 2 / trials;
  return { low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) };
};
