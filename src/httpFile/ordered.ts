/** The index of a line in an ordered list, or where it would be inserted. */
export const placeIn = (ordered: readonly number[], line: number): number => placeBy(ordered, line, (other) => other);

/** {@link placeIn} for a list that is ordered by the lines of its items. */
export function placeBy<Item>(ordered: readonly Item[], line: number, lineOf: (item: Item) => number): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = ordered[middle];
    if (item !== undefined && lineOf(item) < line) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The given lines in order, each once. Fast if they consist of a few lists that are in order. */
export const eachInOrder = (lines: readonly number[]): number[] =>
  lines.toSorted((one, other) => one - other).filter((line, index, sorted) => line !== sorted[index - 1]);
