/** Units above a second, in seconds, the largest first. */
const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
] as const;

/** The shortest duration text for whole seconds, e.g. 90000 ms is `90s` and 120000 ms is `2m`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  for (const [unit, size] of units) {
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}
