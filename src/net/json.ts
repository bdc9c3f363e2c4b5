const MAX_DEPTH = 32;

/**
 * Finds what makes valid JSON unfit to be trusted. Parsers differ in which of two fields with the same name they use, and
 * `JSON.parse` silently uses the last; RFC 6749 §3.2 forbids repeated fields.
 */
export function jsonFlaw(text: string): 'a field occurs twice' | 'too deeply nested' | undefined {
  /** The names seen in each open object; undefined stands for a list. */
  const open: (Set<string> | undefined)[] = [];
  let isName = false;
  // Scanned by hand, which is fast: strings are skipped in one step, and only a few characters are outside of them.
  for (let at = 0; at < text.length; at++) {
    switch (text.charAt(at)) {
      case '"': {
        const end = endOfString(text, at);
        if (isName) {
          const names = open.at(-1);
          const written = text.slice(at + 1, end);
          // Parse a name with escapes, so that they cannot hide a duplicate.
          const name = written.includes('\\') ? (JSON.parse(`"${written}"`) as string) : written;
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

/** The index of the unescaped quote that closes the string at `start`, or the length of the text. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** Whether a text begins a JSON object and ends before the object does. */
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
