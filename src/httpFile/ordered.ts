/** The index of a line in an ordered list, or where it would be inserted. */
export function placeIn(ordered: readonly number[], line: number): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ordered[middle] ?? line) < line) low = middle + 1;
    else high = middle;
  }
  return low;
}
