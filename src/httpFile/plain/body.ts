import { constructEnd } from '../dialects/constructs.js';
import type { Grammar } from '../dialects/grammar.js';
import { startsRequest } from '../dialects/requestLine.js';
import { isBlank, isComment, type Lines } from '../lines.js';
import type { RequestBlock } from '../request.js';
import { finish } from '../work.js';
import { checkDirective } from './directives.js';
import { stop, type Obstacle } from './obstacles.js';
import type { FileValues } from './values.js';

/** Lines that some client does not send as text, and what they are. */
const SPECIAL: readonly (readonly [
  pattern: RegExp,
  kind: 'file' | 'handler' | 'messages' | 'response' | 'comment' | 'script',
])[] = [
  [/^\s*<(?:@\w*)?\s/, 'file'],
  [/^\s*(?:<>|>>!?|\?\?|>)(?:\s|$)/, 'handler'],
  [/^\s*(?:={3,}\s*$|<--->)/, 'messages'],
  [/^\s*(?:HTTP\/|(?:SSE|AMQP|GRPC|MQTT|WS)\s*-?\d)/, 'response'],
  [/^\s*\/\*$/, 'comment'],
  [/^\s*\{\{(?:@js\s+)?[+@]?\w*\s*$/, 'script'],
];

/**
 * Reads the body of a request: what all clients send as it is written, without comments.
 * @param type the resolved Content-Type, in lower case
 * @returns undefined without a body
 * @throws ObstacleError
 */
export function readBody(
  lines: Lines,
  block: RequestBlock,
  grammar: Grammar,
  values: FileValues,
  type: string,
): string | undefined {
  const written: { readonly text: string; readonly line: number }[] = [];
  for (let line = block.headersEnd; line < block.end; line++) {
    const text = lines.lineAt(line);
    if (isComment(text)) {
      checkDirective(text, line);
      // JetBrains sends comments in a body, and httpYac those in Markdown.
      if (block.dialect === 'jetbrains' || type.startsWith('text/markdown')) stop({ kind: 'comment', line });
      continue;
    }
    check(lines, line, block.end, grammar);
    // The first blank line ends the headers; httpYac leaves out those that follow, too.
    const isLeading = written.length === 0 && (block.dialect !== 'rest-client' || line === block.headersEnd);
    if (!(isLeading && isBlank(text))) written.push({ text, line });
  }
  while (written.length > 0 && isBlank(written.at(-1)?.text ?? '')) written.pop();
  if (written.length === 0) return undefined;
  if (type.startsWith('multipart/')) stop({ kind: 'multipart', line: block.line });
  const texts = written.map(({ text, line }) => values.resolve(text, line));
  if (!type.startsWith('application/x-www-form-urlencoded')) {
    const isOfLines = block.dialect === 'httpyac' && /^application\/(?:x-)?ndjson/.test(type);
    return texts.join('\n') + (isOfLines ? '\n' : '');
  }
  // Clients join the lines of a form, and encode what is not written in its encoding.
  const odd = texts.findIndex((text, at) => !/^[\x21-\x7e]+$/.test(text) || (at > 0 && !text.startsWith('&')));
  if (odd >= 0) stop({ kind: 'form', line: written[odd]?.line ?? block.line });
  return texts.join('');
}

function check(lines: Lines, line: number, end: number, grammar: Grammar): void {
  const text = lines.lineAt(line);
  const kind: Exclude<Obstacle['kind'], 'doubt'> | undefined = SPECIAL.find(([pattern]) => pattern.test(text))?.[1];
  if (kind) stop({ kind, line });
  if (/^\s*@[^\s=]+\s*:?=/.test(text) || grammar.isDefinition(text)) stop({ kind: 'definition', line });
  // httpYac starts a request here, even in prose.
  if (grammar.dialect === 'httpyac' && startsRequest(text, grammar)) stop({ kind: 'doubt', warning: 'second-request', line });
  if (finish(constructEnd(lines, line, end, grammar, true)) !== undefined) stop({ kind: 'script', line });
}
