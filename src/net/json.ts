const MAX_DEPTH = 32;
/** Of a text that is JSON, or begins like it: its strings, the last of which may not be closed, and what opens, closes and separates. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|[{}[\],]/g;

/**
 * What is wrong with a text that is JSON but not fit to be trusted. Readers differ in which of two fields with one name they
 * take, and `JSON.parse` takes the last without a word; RFC 6749 §3.2 forbids them.
 */
export function jsonFlaw(text: string): 'a field occurs twice' | 'too deeply nested' | undefined {
  /** The names so far in each object that is open; undefined stands for a list. */
  const open: (Set<string> | undefined)[] = [];
  let isName = false;
  for (const [token] of text.matchAll(TOKENS)) {
    const names = open.at(-1);
    if (token.startsWith('"')) {
      if (!isName) continue;
      // As the reader sees it: an escape hides no name.
      const name = JSON.parse(token) as string;
      if (names?.has(name)) return 'a field occurs twice';
      names?.add(name);
      isName = false;
    } else if (token === ',') {
      isName = names !== undefined;
    } else {
      isName = token === '{';
      if (token === '}' || token === ']') open.pop();
      else if (open.push(isName ? new Set() : undefined) > MAX_DEPTH) return 'too deeply nested';
    }
  }
  return undefined;
}

/** Whether a text begins as a JSON object that does not end. */
export function isCutOff(text: string): boolean {
  if (!/^\uFEFF?\s*\{/.test(text)) return false;
  let open = 0;
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') open += 1;
    else if (token === '}' || token === ']') open -= 1;
    if (open === 0) return false;
  }
  return true;
}
