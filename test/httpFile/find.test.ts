import assert from 'node:assert/strict';
import { findRequest, findRequests, requestHost, setHeaders, type Dialect } from '../../src/httpFile/index.js';
import { CREDENTIALS, NEW } from './support/insert.js';
import { linesOf, watchedLines } from './support/text.js';

const ALL: readonly Dialect[] = ['rest-client', 'httpyac', 'jetbrains'];

const block = (name: string) => [`### ${name}`, `GET http://${name}`, 'A: 1', '', '{', '  "a": 1', '}', ''];

describe('findRequest', () => {
  it('reads the lines between two separators and, for httpYac, one region above a title', () => {
    const before = Array.from({ length: 500 }, (_, index) => block(`before${index}`)).flat();
    const after = Array.from({ length: 500 }, (_, index) => block(`after${index}`)).flat();
    const text = [...before, ...block('here'), ...after].join('\n');
    const start = before.length;
    for (const dialect of ALL) {
      for (let cursor = start + 1; cursor < start + 8; cursor++) {
        const { lines, seen } = watchedLines(text);
        assert.equal(findRequest(lines, cursor, dialect).request?.url, 'http://here');
        assert.ok(Math.min(...seen) >= start && Math.max(...seen) <= start + 8, dialect);
      }
    }
    const { lines, seen } = watchedLines(text.replace('GET http://here', 'http://here'));
    assert.equal(findRequest(lines, start + 2, 'httpyac').request?.url, 'http://here');
    assert.ok(Math.min(...seen) >= start - 8 && Math.max(...seen) <= start + 8);
  });

  it('reads as many lines of a file of 10 MB as of a small one', () => {
    const block = ['###', 'GET http://a', 'A: 1', '', 'x'.repeat(80), ''];
    const lineCount = 120_000 * block.length;
    for (const dialect of ALL) {
      let looks = 0;
      const lineAt = (line: number) => {
        looks++;
        return block[line % block.length] ?? '';
      };
      const { request } = findRequest({ lineCount, lineAt }, 60_000 * block.length + 3, dialect);
      assert.equal(request?.line, 60_000 * block.length + 1);
      assert.ok(looks < 60, `${looks} looks`);
    }
  });

  it('treats a cursor beyond the document as one at its end', () => {
    for (const dialect of ALL) {
      assert.equal(findRequest(linesOf('GET http://a\n###\nGET http://b'), 99, dialect).request?.line, 2);
      assert.equal(findRequest(linesOf('GET http://a'), -1, dialect).request?.line, 0);
    }
  });

  it('returns the positions of a request and its region', () => {
    const text = '# c\nGET http://a\n  ?x=1\nA: 1\n\nbody\n###\n';
    for (const dialect of ALL) {
      const { line, end, region, insertAfter, headersEnd, url } = findRequest(linesOf(text), 0, dialect).request!;
      assert.deepEqual(
        { line, end, region, insertAfter, headersEnd, url },
        {
          ...{ line: 1, end: 6, region: { start: 0, end: 6 } },
          ...{ insertAfter: 2, headersEnd: 4, url: 'http://a?x=1' },
        },
      );
    }
  });
});

describe('httpFile, hostile input', () => {
  /** Quadratic work on each of these lines takes seconds; linear work, milliseconds. */
  const LONG = 12_000;
  const hostile = [
    ...[' ', '\t', '#', '/', '{{', '{{a}}', '}}', '@', '@a=', ':', 'a:', 'a ', 'GET ', 'HTTP/', ' HTTP/', '?', '&a=', '...', '.'],
    ...['\\', '"', "'", '`', '^', '-', '-H ', '<', '> {%', '%}', '/*', '*/', 'a.', 'a-', '\uFEFF', '\u2028', '0:'],
  ].map((unit) => unit.repeat(Math.ceil(LONG / unit.length)));
  const frames = ['', 'GET http://a', 'GET http://a\nA: 1', '@a = ', '# Authorization', 'GET {{', 'oauth2 ', '### ', '...', '/'];

  const setInAll = (text: string, dialect: Dialect) => {
    const lines = linesOf(text);
    findRequest(lines, 0, dialect);
    for (const request of findRequests(lines, dialect)) {
      setHeaders(lines, request, [NEW], CREDENTIALS);
      requestHost(lines, request);
    }
  };

  for (const dialect of ALL) {
    it(`is read in linear time: ${dialect}`, () => {
      for (const frame of frames) {
        for (const line of hostile) {
          setInAll(`${frame}${line}x`, dialect);
          setInAll(`${frame}\n${line}x\nAuthorization: ${line}x\n`, dialect);
        }
      }
    });
  }

  it('is read in linear time: cURL', () => {
    for (const line of hostile) for (const frame of ['curl ', "curl -H '"]) setInAll(`${frame}${line}x`, 'rest-client');
  });

  it('may be a curl command with a long body', () => {
    const text = `curl http://a -d '${'{"a": 1}, '.repeat(LONG / 10)}' \\\n  -H 'Authorization: Bearer old'`;
    const { request } = findRequest(linesOf(text), 0, 'rest-client');
    assert.equal(setHeaders(linesOf(text), request!, [NEW], CREDENTIALS).edits.length, 1);
  });

  it('may consist of separators only, or of requests without one', () => {
    const separators = linesOf('###\n'.repeat(LONG));
    const requests = linesOf('GET http://a\nA: 1\n'.repeat(LONG));
    for (const dialect of ALL) {
      assert.equal(findRequests(separators, dialect).length, 0);
      assert.equal(findRequest(separators, LONG / 2, dialect).refused, 'no-request');
      assert.equal(findRequests(requests, dialect).length, dialect === 'httpyac' ? LONG : 1);
    }
  });
});
