import assert from 'node:assert/strict';
import {
  credentialMatches,
  findingMatches,
  findingRequests,
  findingRequestsAt,
  findingUses,
  findRequests,
  finish,
  Hosts,
  LineIndex,
  restClientUses,
  type Dialect,
  type Lines,
  type RequestBlock,
  type Work,
} from '../../src/httpFile/index.js';
import { CREDENTIALS } from './support/insert.js';
import { linesOf } from './support/text.js';

const ALL: readonly Dialect[] = ['rest-client', 'httpyac', 'jetbrains'];
const SIZE = 200_000;

/** Lines that count how many of their characters are read, and stop a reader that reads far too many. */
class CountedLines implements Lines {
  readonly lineCount: number;
  readonly index: LineIndex;
  characters = 0;
  looks = 0;
  readonly #lines: Lines;

  constructor(text: string) {
    this.#lines = linesOf(text);
    this.lineCount = this.#lines.lineCount;
    this.index = new LineIndex(this);
  }

  lineAt(line: number): string {
    const text = this.#lines.lineAt(line);
    this.characters += text.length + 1;
    this.looks++;
    return text;
  }
}

/** How many characters are read to find everything in a text, per character of it. */
function reads(text: string, dialect: Dialect): number {
  const lines = new CountedLines(text);
  const hosts = new Hosts(lines);
  const hostOf = (request: RequestBlock): string | undefined => finish(hosts.of(request));
  for (const request of findRequests(lines, dialect)) hostOf(request);
  const found = credentialMatches(lines, dialect, { credentialNames: CREDENTIALS });
  for (const requests of new Set(found.map((one) => one.requests))) requests.forEach(hostOf);
  if (dialect === 'rest-client') restClientUses(lines, {});
  return lines.characters / text.length;
}

/** The most lines that are looked at between two pauses of a work. */
function longestPiece(lines: CountedLines, work: Work<unknown>): number {
  let longest = 0;
  for (let isDone = false; !isDone;) {
    const before = lines.looks;
    isDone = work.next().done ?? false;
    longest = Math.max(longest, lines.looks - before);
  }
  return longest;
}

const REFERENCE = 'Authorization: Bearer {{$processEnv TENANT_TOKEN_ACME}}';

describe('httpFile, a hostile file', () => {
  const hostile: Readonly<Record<string, string>> = {
    'scripts that are never closed': '{{\n',
    'scripts that are never closed, in regions of their own': '###\nGET https://a.example/\n\n{{\n',
    'comment blocks that are never closed': '/*\n',
    'comment blocks that are never closed, in regions of their own': '###\n/*\n',
    'handlers that are never closed': 'GET https://a.example/\n\n> {%\n',
    'closers that close nothing': '}}\n*/\n%}\n',
    'queries that never end': 'query x {\n',
    'definitions of one name, which all requests use': `@h = a.example\nGET https://{{h}}/\n${REFERENCE}\n\n###\n`,
    'definitions that use each other': '@a = {{b}}{{$processEnv TENANT_TOKEN_A}}\n@b = {{a}}\nX: {{a}}\n',
    'requests of one name': `# @name who\n${REFERENCE}\nX: {{who.request.headers.x}}\n###\n`,
    'options of cURL': "-H\n-H 'X: y'\n",
    'cURL commands with a quote that is never closed': "curl '\n###\n",
    'files to be sent': 'POST https://a.example/\n\n<@ ./a\n###\n',
    'definitions without a value': '@a =\n\n',
    'runs of what could be tokens': 'Authorization: eyJ.eyJ.eyJa.eyJb.eyJ.c.eyJ\n',
    'tokens in definitions that all requests use': `@t = ${REFERENCE}\nGET https://a.example/\nAuthorization: {{t}}\n\n###\n`,
    'titles without a request': '### a\n@a = 1\n',
  };
  const large: Readonly<Record<string, readonly [first: string, unit: string]>> = {
    comments: ['', '# a\n'],
    'blank lines': ['', '\n'],
    'lines of a query': ['GET https://a.example/\n', '  &a=1\n'],
    headers: ['GET https://a.example/\n', `Authorization: ${REFERENCE}\n`],
    'lines of a body': ['POST https://a.example/\n\n', `"a": "${REFERENCE}"\n`],
    'lines of a body that looks like headers': ['POST https://a.example/\n{\n', 'a\n'],
    'lines of a query in GraphQL': ['query x {\n', 'a\n'],
    'options of cURL': ['curl https://a.example/ ', `-H 'X: ${REFERENCE}' \\\n`],
    'comments in a cURL command': ["curl https://a.example/ '\n", '# a\n'],
  };
  const pieces = [
    ...Object.entries(hostile).map(([what, unit]) => [what, '', unit] as const),
    ...Object.entries(large).map(([what, [first, unit]]) => [`a request with ${what}`, first, unit] as const),
  ];
  for (const [what, first, unit] of pieces)
    it(`of ${what} is read in small pieces`, () => {
      const lines = new CountedLines(first + unit.repeat(20_000 / unit.length));
      const all = Array.from({ length: lines.lineCount }, (_, line) => line);
      const works = ALL.flatMap((dialect) => [
        findingRequests(lines, dialect),
        findingRequestsAt(lines, [lines.lineCount - 1], dialect),
        findingRequestsAt(lines, all, dialect),
        findingMatches(lines, dialect, { credentialNames: CREDENTIALS }),
      ]);
      const longest = [...works, findingUses(lines, {})].map((work) => longestPiece(lines, work));
      assert.ok(Math.max(...longest) <= 64 * 8, longest.join());
    });

  it('of definitions with tokens that all requests use has few lists of requests', () => {
    const names = Array.from({ length: 1_000 }, (_, name) => `@t${name} = ${REFERENCE}\n`);
    const either = names.map((_, name) => `{{t${name}}}`).join('');
    const files = [
      `@t = ${REFERENCE}\nGET https://a.example/\nAuthorization: {{t}}\n\n###\n`.repeat(1_000),
      `${names.join('')}@all = ${either}\n@other = ${either}\n${'GET https://a.example/\nX: {{all}}\nX: {{other}}\n###\n'.repeat(1_000)}`,
    ];
    for (const text of files) {
      const lines = linesOf(text);
      const found = credentialMatches(lines, 'httpyac', { credentialNames: CREDENTIALS });
      assert.ok(found.every(({ requests }) => requests.length === 1_000));
      const lengths = [...new Set(found.map(({ requests }) => requests))].map(({ length }) => length);
      assert.ok(lengths.reduce((sum, length) => sum + length, 0) <= 40 * lines.lineCount);
    }
  });

  it('of definitions that use each other 30,000 times yields only what is there', () => {
    const lines = linesOf('@a = {{b}}{{$processEnv TENANT_TOKEN_A}}\n@b = {{a}}\nX: {{a}}\n'.repeat(30_000));
    assert.equal(credentialMatches(lines, 'httpyac', { credentialNames: CREDENTIALS }).length, 30_000);
  });

  for (const [what, unit] of Object.entries(hostile))
    for (const dialect of ALL)
      it(`of ${what} is read in proportion to its size: ${dialect}`, () => {
        const [small, large] = [SIZE / 10, SIZE].map((size) => reads(unit.repeat(size / unit.length), dialect)) as [
          number,
          number,
        ];
        assert.ok(large <= small * 1.5, `${small} times as many characters of a small file, ${large} of a large one`);
        assert.ok(large <= 20, `${large} times as many characters as there are`);
      });
});
