/** What is in use after two collections: what the first one finalizes goes with the second. */
export function heapBytes(): number {
  gc!();
  gc!();
  return process.memoryUsage().heapUsed;
}
