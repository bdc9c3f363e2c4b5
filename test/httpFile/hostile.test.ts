import assert from 'node:assert/strict';
import {
  findRequests,
  hostFinder,
  LineIndex,
  credentialMatches,
  restClientUses,
  type Dialect,
  type Lines,
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
  readonly #lines: Lines;

  constructor(text: string) {
    this.#lines = linesOf(text);
    this.lineCount = this.#lines.lineCount;
    this.index = new LineIndex(this);
  }

  lineAt(line: number): string {
    const text = this.#lines.lineAt(line);
    this.characters += text.length + 1;
    return text;
  }
}

/** How many characters are read to find everything in a text, per character of it. */
function reads(text: string, dialect: Dialect): number {
  const lines = new CountedLines(text);
  const hostOf = hostFinder(lines);
  for (const request of findRequests(lines, dialect)) hostOf(request);
  for (const { requests } of credentialMatches(lines, dialect, { credentialNames: CREDENTIALS })) requests.forEach(hostOf);
  if (dialect === 'rest-client') restClientUses(lines, {});
  return lines.characters / text.length;
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
  };
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
