/** Deeper levels stay on one line, so that deep nesting costs no more than its own text. */
const MAX_DEPTH = 40;

/** Puts each element of an XML text on a line of its own, except one that holds only text. */
export function prettyXml(text: string): string {
  const parts: string[] = [];
  let depth = 0;
  let [before, beforeThat] = ['', ''];
  for (const token of tokensOf(text)) {
    const closes = token.startsWith('</');
    if (closes) depth = Math.max(0, depth - 1);
    const endsInline = closes && (opens(before) || (isText(before) && opens(beforeThat)));
    const isInline = endsInline || (isText(token) && opens(before));
    if (before !== '' && !isInline && depth <= MAX_DEPTH) parts.push('\n', '  '.repeat(depth));
    parts.push(token);
    if (opens(token)) depth++;
    [before, beforeThat] = [token, before];
  }
  return parts.join('');
}

/** Tags, comments, CDATA sections and the text between them. What is not closed goes to the end. */
function* tokensOf(text: string): Generator<string, void> {
  for (let at = 0; at < text.length;) {
    const end = endOfToken(text, at);
    const token = text.slice(at, end).trim();
    if (token !== '') yield token;
    at = end;
  }
}

function endOfToken(text: string, start: number): number {
  const close = closerOf(text, start);
  const end = text.indexOf(close, start + 1);
  if (end < 0) return text.length;
  return close === '<' ? end : end + close.length;
}

function closerOf(text: string, start: number): string {
  if (text.startsWith('<!--', start)) return '-->';
  if (text.startsWith('<![CDATA[', start)) return ']]>';
  return text.startsWith('<', start) ? '>' : '<';
}

const isText = (token: string): boolean => !token.startsWith('<') || token.startsWith('<![CDATA[');

const opens = (token: string): boolean => token.startsWith('<') && !'/!?'.includes(token.charAt(1)) && !token.endsWith('/>');
