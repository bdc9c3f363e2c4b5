/** Deeper levels stay on one line, so that deep nesting costs no more than its own text. */
const MAX_DEPTH = 40;
const END_OF_WORD = /[\s"[\]{},:]/g;

/**
 * Puts each value of a JSON text on a line of its own. Keeps names, strings and numbers as they are written, which parsing
 * would not (`1.0`, large numbers, repeated names), and takes a text that is cut off or not quite JSON.
 */
export function prettyJson(text: string): string {
  const parts: string[] = [];
  let depth = 0;
  let last = '';
  for (let at = 0; at < text.length;) {
    const first = text.charAt(at);
    const end = endOfToken(text, at, first);
    if (end === at) {
      at++;
      continue;
    }
    const closes = first === '}' || first === ']';
    if (closes) depth = Math.max(0, depth - 1);
    const opened = last === '{' || last === '[';
    // An empty object or list stays on its line; values after each other are lines of JSON.
    const breaks = closes ? !opened : last !== '' && last !== ':' && first !== ',' && first !== ':';
    if (breaks && depth <= MAX_DEPTH) parts.push('\n', '  '.repeat(depth));
    if (last === ':') parts.push(' ');
    parts.push(text.slice(at, end));
    if (first === '{' || first === '[') depth++;
    last = first;
    at = end;
  }
  return parts.join('');
}

/** The end of what starts here; the start itself for white space. */
function endOfToken(text: string, start: number, first: string): number {
  if (first === ' ' || first === '\n' || first === '\t' || first === '\r') return start;
  if (first === '"') return endOfString(text, start);
  if ('{}[],:'.includes(first)) return start + 1;
  END_OF_WORD.lastIndex = start;
  return END_OF_WORD.exec(text)?.index ?? text.length;
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}
