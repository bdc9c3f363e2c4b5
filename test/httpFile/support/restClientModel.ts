import { headersFrom } from './restClient.js';

/** The limit of one request, in characters: requests that include earlier ones may double each time. */
export const MAX_SENT = 65_536;

/** An open document. */
export interface OpenText {
  readonly uri: string;
  readonly text: string;
  readonly markdown?: boolean;
}

/** What leaves the machine, as one text, and the host that receives it. */
export interface Leaving {
  /** As returned by `requestHost`. */
  readonly host: string;
  readonly text: string;
  /** The part in headers. */
  readonly headers: string;
}

interface Remembered {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly text: string;
}

interface World {
  readonly env: Readonly<Record<string, string>>;
  /** The files of the workspace, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Versions before 0.26 continue a definition across line ends. */
  readonly olderThan026: boolean;
}

const METHOD =
  /^(GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|CONNECT|TRACE|LOCK|UNLOCK|PROPFIND|PROPPATCH|COPY|MOVE|MKCOL|MKCALENDAR|ACL|SEARCH)\s+/i;

/**
 * REST Client with its variables, files and memory of requests, after its sources (Huachao/vscode-restclient: `selector.ts`,
 * `variableProcessor.ts`, `fileVariableProvider.ts`, `requestVariableProvider.ts`, `httpRequestParser.ts`, `httpClient.ts`),
 * without cURL. Services echo what they receive. `test/threats/restClientSource.test.ts` compares it with those sources, if they
 * are present.
 */
export class RestClientModel {
  readonly #world: World;
  readonly #remembered = new Map<string, Remembered>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Sends with the cursor in a line. */
  send(document: OpenText, line: number): Leaving[] {
    const region = regionAt(document, line);
    if (!region) return [];
    const raw = region.filter((text) => !isComment(text));
    const start = raw.findIndex((text) => text.trim() !== '' && !DEFINITION.test(text));
    if (start < 0 || /^\s*HTTP\/[\d.]+/.test(raw[start] ?? '')) return [];
    let end = raw.length;
    while (raw[end - 1]?.trim() === '') end--;
    const text = this.#resolved(raw.slice(start, end).join('\n'), document, promptsOf(region));
    if (/^\s*curl/i.test(text)) return [];
    return this.#sent(text, document, nameOf(region));
  }

  #sent(text: string, document: OpenText, name: string | undefined): Leaving[] {
    const lines = text.split('\n');
    let urlEnd = 1;
    while (/^\s*[&?]/.test(lines[urlEnd] ?? '')) urlEnd++;
    const blank = lines.findIndex((line, index) => index >= urlEnd && line.trim() === '');
    const headersEnd = blank < 0 ? lines.length : blank;
    const headers = headersFrom(lines.slice(urlEnd, headersEnd));
    const body = lines.slice(headersEnd + 1).map((line) => this.#bodyLine(line, document));
    const requestLine = lines
      .slice(0, urlEnd)
      .map((line) => line.trim())
      .join('');
    const url = addressOf(
      requestLine
        .replace(METHOD, '')
        .trim()
        .replace(/\s+HTTP\/.*$/i, ''),
      headers,
    );
    const isCognito = ([name, value]: readonly [string, string]): boolean =>
      /^authorization$/i.test(name) && /^cognito\s+\S+\s/i.test(value);
    const elsewhere = Object.entries(headers).filter(isCognito).slice(0, 1);
    const sent = Object.entries(headers).filter(([name]) => elsewhere.every(([other]) => other !== name));
    const inHeaders = sent.flat().join('\n');
    const all = [url, inHeaders, ...body].join('\n');
    const signedIn = elsewhere.map(([, text]) => ({
      host: 'elsewhere',
      text: text.split(/\s+/).slice(1, 6).join(' '),
      headers: '',
    }));
    const parsed = URL.parse(encoded(url));
    if (!parsed?.host || all.length > MAX_SENT) return signedIn;
    const remembered = { headers: Object.fromEntries(sent), body: body.join('\n'), text: all };
    if (name !== undefined) this.#remembered.set(`${document.uri} ${name}`, remembered);
    const host = parsed.protocol === 'http:' && !parsed.port ? `${parsed.host}:80` : parsed.host;
    return [{ host, text: all, headers: inHeaders }, ...signedIn];
  }

  #bodyLine(line: string, document: OpenText): string {
    const [, variables, , path = ''] = /^<(?:(@)(\w+)?)?\s+(.+?)\s*$/.exec(line) ?? [];
    const content = this.#world.files[path];
    if (content === undefined) return line;
    return variables ? this.#resolved(content, document) : content;
  }

  /** One pass: the value of a variable is not expanded again. */
  #resolved(text: string, document: OpenText, prompts: ReadonlySet<string> = new Set()): string {
    const variables = this.#fileVariables(document);
    return text.replaceAll(VARIABLE, (_, inner: string) => {
      const name = inner.trim();
      if (prompts.has(name)) return TYPED;
      return this.#lookUp(name, document) ?? fileVariable(name, variables) ?? `{{${name}}}`;
    });
  }

  /** System variables, then those of requests; null for a request variable without a value. */
  #lookUp(name: string, document: OpenText): string | undefined {
    if (name.split(' ').find(Boolean) === '$processEnv') {
      const [, percent, key] = /\$processEnv\s(%)?(\w+)/.exec(name) ?? [];
      // Settings may map to any name; here each maps to itself.
      return key === undefined ? undefined : (this.#world.env[percent ? key : key] ?? '');
    }
    const formatted = /^\$(?:d|localD)atetime\s'\[(.*)\]'/.exec(name)?.[1];
    if (formatted !== undefined) return formatted;
    const [root = ''] = name.split('.');
    if (!requestNames(document.text).has(root)) return undefined;
    return this.#ofRequest(name, document) ?? `{{${name}}}`;
  }

  #ofRequest(name: string, { uri }: OpenText): string | undefined {
    const [, root = '', side, part, path = ''] =
      /^(\w+)(?:\.(request|response)(?:\.(body|headers)(?:\.(.*))?)?)?$/.exec(name) ?? [];
    const known = this.#remembered.get(`${uri} ${root}`);
    if (!known || !side || !part || path === '') return undefined;
    if (part === 'body' && side === 'request') return path === '*' && known.body !== '' ? known.body : undefined;
    if (side === 'response' && part === 'body') return known.text;
    if (side === 'response') return known.text.replaceAll('\n', ' ');
    return Object.entries(known.headers).find(([key]) => key.toLowerCase() === path.toLowerCase())?.[1];
  }

  #fileVariables(document: OpenText): ReadonlyMap<string, string> {
    const values = new Map<string, string>();
    const texts = this.#world.olderThan026 ? [document.text] : document.text.split(/\r?\n/);
    const definition = new RegExp(DEFINITION, this.#world.olderThan026 ? 'gm' : 'g');
    for (const text of texts)
      for (const [, name = '', value = ''] of text.matchAll(definition)) values.set(name, unescaped(value));
    const isFile = (name: string): boolean => values.has(name);
    const resolved = new Map(
      Array.from(values, ([name, value]) => [
        name,
        value.replaceAll(VARIABLE, (_, inner: string) => {
          const used = inner.trim();
          return (isFile(used) ? undefined : this.#lookUp(used, document)) ?? `{{${used}}}`;
        }),
      ]),
    );
    return inEachOther(resolved);
  }
}

const DEFINITION = /^\s*@([^\s=]+)\s*=\s*(.*?)\s*$/;
const VARIABLE = /\{{2}(.+?)\}{2}/g;

const isComment = (text: string): boolean => /^\s*(#|\/{2})/.test(text);

/** The lines of a region without its separators, or of a Markdown fence. */
function regionAt({ text, markdown }: OpenText, line: number): string[] | undefined {
  const lines = text.split(/\r?\n/);
  if (!markdown) {
    if (/^#{3,}/.test(lines[line] ?? '')) return undefined;
    let [start, end] = [line, line];
    while (start > 0 && !/^#{3,}/.test(lines[start - 1] ?? '')) start--;
    while (end < lines.length && !/^#{3,}/.test(lines[end] ?? '')) end++;
    return lines.slice(start, end);
  }
  let opening: number | undefined;
  for (const [at, content] of lines.entries()) {
    if (opening !== undefined && content === '```') {
      if (opening < line && line <= at) return lines.slice(opening + 1, at);
      opening = undefined;
    } else if (/^```(http|rest)$/.test(content)) opening = at;
  }
  return undefined;
}

/** The person's answer to a prompt. */
export const TYPED = 'typed';

/** Comments above a request that describe it. */
function commentsAbove(region: readonly string[]): string[] {
  const lines = region.filter((line) => line.trim() !== '' && !DEFINITION.test(line));
  const end = lines.findIndex((line) => !isComment(line));
  return end < 0 ? lines : lines.slice(0, end);
}

const promptsOf = (region: readonly string[]): ReadonlySet<string> =>
  new Set(
    commentsAbove(region)
      .filter((line) => /^\s*(?:#|\/{2})\s*@prompt\s/.test(line))
      .flatMap((line) => /@prompt\s+(\S+)/.exec(line)?.[1] ?? []),
  );

function nameOf(region: readonly string[]): string | undefined {
  let name: string | undefined;
  for (const line of commentsAbove(region)) {
    const [, key, value] = /^\s*(?:#|\/{2})\s*@([\w-]+)(?:\s+(.*?))?\s*$/.exec(line) ?? [];
    if (key === 'name') name = value;
  }
  return name;
}

/** The names in the document, in any region. */
const requestNames = (text: string): ReadonlySet<string> =>
  new Set(Array.from(text.matchAll(/^\s*(?:#{1,}|\/{2,})\s+@name\s+(\w+)\s*$/gm), ([, name = '']) => name));

const fileVariable = (name: string, variables: ReadonlyMap<string, string>): string | undefined => {
  const value = variables.get(name.replace(/^%/, ''));
  return value !== undefined && name.startsWith('%') ? encodeURIComponent(value) : value;
};

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
const unescaped = (value: string): string => value.replaceAll(/\\([^]?)/g, (_, char: string) => ESCAPES[char] ?? char);

/** Variables that use others, each after those it uses; names and values as in a regular expression and its replacement. */
function inEachOther(given: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const values = new Map(given);
  const usedBy = new Map<string, string[]>();
  const open = new Map<string, number>();
  const ready: string[] = [];
  for (const [name, value] of given) {
    const used = new Set(Array.from(value.matchAll(VARIABLE), ([, inner = '']) => inner.trim()).filter((one) => given.has(one)));
    if (used.size === 0) ready.push(name);
    else open.set(name, used.size);
    for (const one of used) usedBy.set(one, [...(usedBy.get(one) ?? []), name]);
  }
  for (let name = ready.shift(); name !== undefined; name = ready.shift())
    for (const user of usedBy.get(name) ?? []) {
      const value = values.get(user) ?? '';
      try {
        values.set(user, value.replace(new RegExp(`{{\\s*${name}\\s*}}`, 'g'), values.get(name) ?? ''));
      } catch {
        return values;
      }
      const left = (open.get(user) ?? 0) - 1;
      open.set(user, left);
      if (left === 0) ready.push(user);
    }
  return values;
}

/** Like its library `encodeurl`: a backslash is no longer a part of the host. */
const encoded = (url: string): string => url.toWellFormed().replaceAll(/[^\x21\x25-;=?-[\]_a-z~]/gu, encodeURI);

function addressOf(url: string, headers: Readonly<Record<string, string>>): string {
  const host = Object.entries(headers).find(([name]) => name.toLowerCase() === 'host')?.[1];
  if (!host || !url.startsWith('/')) return url;
  const [, port] = host.split(':');
  return `${port === '443' || port === '8443' ? 'https' : 'http'}://${host}${url}`;
}
