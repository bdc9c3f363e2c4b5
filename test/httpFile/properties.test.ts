import assert from 'node:assert/strict';
import fc from '../support/properties.js';
import { findRequest, findRequests, credentialMatches, referenceTo, setHeaders, type Dialect } from '../../src/httpFile/index.js';
import { oddFile, oddFileWithBlocks, plainFile } from './support/arbitrary.js';
import { understoodByHttpYac } from './support/httpyac.js';
import { CREDENTIALS, insertInAll, NEW } from './support/insert.js';
import { sentByRestClient } from './support/restClient.js';
import { linesOf, watchedLines } from './support/text.js';

const ALL: readonly Dialect[] = ['rest-client', 'httpyac', 'jetbrains'];
const anyDialect = fc.constantFrom(...ALL);

const isCredential = (name: string) => CREDENTIALS.some((known) => known.toLowerCase() === name.toLowerCase());

/** The headers other than the credentials, and the credentials. */
function split(headers: Readonly<Record<string, unknown>>): { credentials: unknown[]; others: unknown[] } {
  const all = Object.entries(headers);
  return {
    credentials: all.filter(([name]) => isCredential(name)).map(([name, value]) => [name.toLowerCase(), value]),
    others: all.filter(([name]) => !isCredential(name)),
  };
}

const NAME = 'TENANT_TOKEN_ACME';
const REFERENCE = { name: 'Authorization', value: `Bearer ${referenceTo(NAME)}` };

const SET = [['authorization', NEW.value]];

describe('httpFile, any file', () => {
  it('gets the header exactly once in each request that httpYac finds, and is otherwise unchanged', async () => {
    const files = fc.oneof(oddFileWithBlocks, plainFile);
    await fc.assert(
      fc.asyncProperty(files, async (text) => {
        const before = await understoodByHttpYac(text);
        const found = new Set(findRequests(linesOf(text), 'httpyac').map(({ line }) => line));
        const after = await understoodByHttpYac(insertInAll(text, 'httpyac'));
        const expected = before.map(({ line, headers, ...request }) => {
          const { credentials, others } = split(headers);
          return { ...request, others, credentials: found.has(line) ? SET : credentials };
        });
        const actual = after.map(({ line: _, headers, ...request }) => ({ ...request, ...split(headers) }));
        assert.deepEqual(actual, expected);
        const lines = before.map(({ line }) => line);
        for (const line of found) assert.ok(lines.includes(line), `httpYac has no request in line ${line}`);
      }),
      { numRuns: 150 },
    );
  });

  it('gets the header exactly once in each request that REST Client finds, and is otherwise unchanged', () => {
    fc.assert(
      fc.property(fc.oneof(oddFile, plainFile), (text) => {
        const requests = findRequests(linesOf(text), 'rest-client');
        // The line that it reads as the URL hides the request below: it sends a request other than the intended one.
        fc.pre(!requests.some(({ warnings }) => warnings.some(({ kind }) => kind === 'sent-as-url')));
        const found = new Set(requests.map(({ line }) => line));
        const before = sentByRestClient(text);
        const expected = before.map(({ line, headers, ...sent }) => {
          const { credentials, others } = split(headers);
          return { ...sent, others, credentials: found.has(line) ? SET : credentials };
        });
        const actual = sentByRestClient(insertInAll(text, 'rest-client'));
        assert.deepEqual(
          actual.map(({ line: _, headers, ...sent }) => ({ ...sent, ...split(headers) })),
          expected,
        );
        const lines = before.map(({ line }) => line);
        for (const line of found) assert.ok(lines.includes(line), `REST Client has no request in line ${line}`);
      }),
      { numRuns: 200 },
    );
  });

  it('gains only our lines, below the URL and above the body', () => {
    fc.assert(
      fc.property(oddFile, anyDialect, (text, dialect) => {
        const lines = linesOf(text);
        for (const request of findRequests(lines, dialect)) {
          const { edits } = setHeaders(lines, request, [NEW], CREDENTIALS);
          const [edit] = edits;
          assert.ok(edit && edits.length === 1);
          assert.deepEqual([edit.startLine, edit.startCharacter], [edit.endLine, edit.endCharacter]);
          assert.ok(edit.startLine >= request.line && edit.startLine < request.headersEnd);
          assert.match(edit.text, /^\n\s*Authorization: Bearer NEW$/);
        }
        assert.equal(insertInAll(text, dialect).replaceAll(/\r?\n[ \t]*Authorization: Bearer NEW/g, ''), text);
      }),
      { numRuns: 200 },
    );
  });

  it('does not change a second time', () => {
    fc.assert(
      fc.property(fc.oneof(oddFileWithBlocks, plainFile), anyDialect, (text, dialect) => {
        const once = linesOf(insertInAll(text, dialect));
        for (const request of findRequests(once, dialect)) {
          const { edits, questions } = setHeaders(once, request, [NEW], CREDENTIALS);
          assert.deepEqual([edits, questions], [[], []]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('has headers at the returned places', () => {
    fc.assert(
      fc.property(oddFile, anyDialect, (text, dialect) => {
        const lines = linesOf(text);
        for (const { headers } of findRequests(lines, dialect)) {
          for (const { line, endLine, name, value, nameStart, valueStart, valueEnd } of headers) {
            assert.equal(lines.lineAt(line).slice(nameStart, nameStart + name.length), name);
            if (line === endLine) assert.equal(lines.lineAt(line).slice(valueStart, valueEnd), value);
          }
        }
      }),
    );
  });

  it('has the same request at a cursor as in the list of all requests', () => {
    fc.assert(
      fc.property(oddFile, anyDialect, (text, dialect) => {
        const lines = linesOf(text);
        const all = findRequests(lines, dialect);
        for (let cursor = 0; cursor < lines.lineCount; cursor++) {
          const { request } = findRequest(lines, cursor, dialect);
          if (request)
            assert.ok(all.some(({ line, url, end }) => line === request.line && url === request.url && end === request.end));
          const holder = all.findLast(({ line, region }) => line <= cursor && region.end > cursor);
          if (holder) assert.equal(request?.line, holder.line, `cursor in line ${cursor}`);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is read only between the separators around the cursor', () => {
    fc.assert(
      fc.property(
        fc.oneof(oddFile, plainFile),
        fc.constantFrom<Dialect>('rest-client', 'jetbrains'),
        fc.nat(),
        (text, dialect, at) => {
          const { lines, seen } = watchedLines(text);
          const cursor = at % lines.lineCount;
          const isSeparator = (line: number) => linesOf(text).lineAt(line).startsWith('###');
          if (isSeparator(cursor)) return;
          let [first, last] = [cursor, cursor];
          while (first > 0 && !isSeparator(first)) first--;
          while (last < lines.lineCount - 1 && !isSeparator(last)) last++;
          findRequest(lines, cursor, dialect);
          for (const line of seen) assert.ok(line >= first && line <= last, `line ${line} of ${first}–${last}`);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is the same after a reference, a token and the reference again as after one insertion', () => {
    fc.assert(
      fc.property(fc.oneof(oddFile, plainFile), anyDialect, (text, dialect) => {
        const withReference = insertInAll(text, dialect, [REFERENCE]);
        const withToken = insertInAll(withReference, dialect, [NEW]);
        assert.equal(withToken, insertInAll(text, dialect, [NEW]));
        assert.equal(insertInAll(withToken, dialect, [REFERENCE]), withReference);
        for (const [current, header] of [
          [withReference, NEW],
          [withToken, REFERENCE],
        ] as const) {
          const lines = linesOf(current);
          for (const request of findRequests(lines, dialect)) {
            const { edits, questions } = setHeaders(lines, request, [header], CREDENTIALS);
            assert.deepEqual([edits.length, questions], [1, []]);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gets the reference exactly once in each request that the clients find', async () => {
    await fc.assert(
      fc.asyncProperty(plainFile, async (text) => {
        const [httpYac, restClient] = (['httpyac', 'rest-client'] as const).map((dialect) =>
          insertInAll(text, dialect, [REFERENCE]),
        );
        const sets = [...(await understoodByHttpYac(httpYac!)), ...sentByRestClient(restClient!)].map(({ headers }) =>
          split(headers),
        );
        for (const { credentials } of sets) assert.deepEqual(credentials, [['authorization', REFERENCE.value]]);
      }),
      { numRuns: 100 },
    );
  });

  it('contains what was set in all requests exactly where it is found again', () => {
    const literal = { name: 'Authtoken', value: 'EXAMPLE-0123456789abcdef' };
    fc.assert(
      fc.property(fc.oneof(oddFile, plainFile), anyDialect, (text, dialect) => {
        const after = linesOf(insertInAll(text, dialect, [REFERENCE, literal]));
        const found = credentialMatches(after, dialect, { credentialNames: CREDENTIALS });
        for (const { kind, line, start, end, text: is } of found) {
          assert.equal(after.lineAt(line).slice(start, end), kind === 'literal' ? is : referenceTo(is));
        }
        const expected = findRequests(after, dialect).flatMap((request) => {
          const headers = request.headers.filter(({ name }) => isCredential(name));
          return headers.map((header) => ({ header, requests: [request] }));
        });
        assert.deepEqual(
          found.map(({ header, requests }) => ({ header, requests })),
          expected,
        );
        assert.equal(found.filter(({ text: is }) => is === NAME).length, expected.length / 2);
      }),
      { numRuns: 300 },
    );
  });
});
