/** A request as REST Client understands it. */
export interface Sent {
  /** The line that it reads as the request line. */
  readonly line: number;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

interface Line {
  readonly text: string;
  readonly line: number;
}

/**
 * REST Client is not a library, so this is a model of how it reads, written after its sources (Huachao/vscode-restclient:
 * `selector.ts`, `httpRequestParser.ts`, `requestParserUtil.ts`) and checked against the outcomes observed in it. At most one
 * request per region; without cURL, files and variables.
 */
export function sentByRestClient(text: string): Sent[] {
  const regions: Line[][] = [[]];
  for (const [line, content] of text.split(/\r?\n/).entries()) {
    if (content.startsWith('###')) regions.push([]);
    else regions.at(-1)?.push({ text: content, line });
  }
  return regions.flatMap((region) => sentFrom(region) ?? []);
}

function sentFrom(region: readonly Line[]): Sent | undefined {
  const kept = region.filter(({ text }) => !/^\s*(#|\/\/)/.test(text));
  const first = kept.find(({ text }) => text.trim() !== '' && !/^\s*@[^\s=]+\s*=/.test(text));
  if (!first || /^\s*HTTP\/[\d.]+/.test(first.text)) return undefined;
  const lines = kept.slice(kept.indexOf(first)).map(({ text }) => text);
  while (lines.at(-1)?.trim() === '') lines.pop();
  let urlEnd = 1;
  while (/^\s*[&?]/.test(lines[urlEnd] ?? '')) urlEnd++;
  const blank = lines.findIndex((text, index) => index >= urlEnd && text.trim() === '');
  const headersEnd = blank < 0 ? lines.length : blank;
  const headers = headersFrom(lines.slice(urlEnd, headersEnd));
  const separator = /multipart\/form-data/.test(headers['Content-Type'] ?? '') ? '\r\n' : '\n';
  const body = lines.slice(headersEnd + 1);
  const requestLine = lines.slice(0, urlEnd).map((text) => text.trim());
  return {
    line: first.line,
    ...methodAndUrl(requestLine.join(''), headers),
    headers,
    body: body.length > 0 ? body.join(separator) : undefined,
  };
}

function methodAndUrl(line: string, headers: Readonly<Record<string, string>>): { method: string; url: string } {
  const method = /^(GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|CONNECT|TRACE)\s+/i.exec(line);
  const target = (method ? line.slice(method[0].length) : line).replace(/\s+HTTP\/.*$/i, '').trim();
  const host = headers['Host'];
  const scheme = /:8?443$/.test(host ?? '') ? 'https' : 'http';
  return {
    method: method?.[1]?.toUpperCase() ?? 'GET',
    url: host && target.startsWith('/') ? `${scheme}://${host}${target}` : target,
  };
}

/** REST Client joins headers of the same name by a comma. */
export function headersFrom(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = (colon < 0 ? line : line.slice(0, colon)).trim();
    const value = colon < 0 ? '' : line.slice(colon + 1).trim();
    const known = Object.keys(headers).find((other) => other.toLowerCase() === name.toLowerCase());
    if (known === undefined) headers[name] = value;
    else headers[known] = `${headers[known] ?? ''},${value}`;
  }
  return headers;
}
