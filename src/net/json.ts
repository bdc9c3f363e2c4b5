const MAX_DEPTH = 32;

/**
 * What is wrong with a text that is JSON but not fit to be trusted. Readers differ in which of two fields with one name they
 * take, and `JSON.parse` takes the last without a word; RFC 6749 §3.2 forbids them.
 */
export function jsonFlaw(text: string): 'a field occurs twice' | 'too deeply nested' | undefined {
  /** The names so far in each object that is open; undefined stands for a list. */
  const open: (Set<string> | undefined)[] = [];
  let isName = false;
  // By hand: all that is outside of strings is a few characters, and strings are skipped in one step.
  for (let at = 0; at < text.length; at++) {
    switch (text.charAt(at)) {
      case '"': {
        const end = endOfString(text, at);
        if (isName) {
          const names = open.at(-1);
          // As the reader sees it: an escape hides no name.
          const name = JSON.parse(text.slice(at, end + 1)) as string;
          if (names?.has(name)) return 'a field occurs twice';
          names?.add(name);
          isName = false;
        }
        at = end;
        break;
      }
      case ',':
        isName = open.at(-1) !== undefined;
        break;
      case '{':
      case '[':
        isName = text[at] === '{';
        if (open.push(isName ? new Set() : undefined) > MAX_DEPTH) return 'too deeply nested';
        break;
      case '}':
      case ']':
        isName = false;
        open.pop();
    }
  }
  return undefined;
}

/** Where the string ends that begins at `start`: at the first quote that no backslash escapes, or with the text. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** Whether a text begins as a JSON object that does not end. */
export function isCutOff(text: string): boolean {
  if (!/^\uFEFF?\s*\{/.test(text)) return false;
  let open = 0;
  for (let at = text.indexOf('{'); at < text.length; at++) {
    switch (text.charAt(at)) {
      case '"':
        at = endOfString(text, at);
        break;
      case '{':
      case '[':
        open += 1;
        break;
      case '}':
      case ']':
        open -= 1;
        if (open === 0) return false;
    }
  }
  return true;
}
