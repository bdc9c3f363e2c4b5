/** A request as REST Client understands it. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/**
 * REST Client is no library, so this is a model of how it reads, written from what its sources do (Huachao/vscode-restclient:
 * `selector.ts`, `httpRequestParser.ts`, `requestParserUtil.ts`) and held to the outcomes that were observed in it. One
 * request per region at most; without cURL, files and variables.
 */
export function sentByRestClient(text: string): Sent[] {
  const regions: string[][] = [[]];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('###')) regions.push([]);
    else regions.at(-1)?.push(line);
  }
  return regions.flatMap((region) => sentFrom(region) ?? []);
}

function sentFrom(region: readonly string[]): Sent | undefined {
  const lines = region.filter((line) => !/^\s*(#|\/\/)/.test(line));
  while (lines[0] !== undefined && (lines[0].trim() === '' || /^\s*@[^\s=]+\s*=/.test(lines[0]))) lines.shift();
  while (lines.at(-1)?.trim() === '') lines.pop();
  const [first] = lines;
  if (first === undefined || /^\s*HTTP\/[\d.]+/.test(first)) return undefined;
  let urlEnd = 1;
  while (/^\s*[&?]/.test(lines[urlEnd] ?? '')) urlEnd++;
  const blank = lines.findIndex((line, index) => index >= urlEnd && line.trim() === '');
  const headersEnd = blank < 0 ? lines.length : blank;
  const headers = headersFrom(lines.slice(urlEnd, headersEnd));
  const separator = /multipart\/form-data/.test(headers['Content-Type'] ?? '') ? '\r\n' : '\n';
  const body = lines.slice(headersEnd + 1);
  const requestLine = lines
    .slice(0, urlEnd)
    .map((line) => line.trim())
    .join('');
  return { ...methodAndUrl(requestLine, headers), headers, body: body.length > 0 ? body.join(separator) : undefined };
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

function headersFrom(lines: readonly string[]): Record<string, string> {
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
