import assert from 'node:assert/strict';
import fc from '../support/properties.js';
import {
  findRequest,
  findRequests,
  newRequest,
  sameReading,
  setHeaders,
  uncommentHeader,
  upperCaseMethod,
  type Dialect,
} from '../../src/httpFile/index.js';
import { oddFile, plainFile } from './support/arbitrary.js';
import { understoodByHttpYac } from './support/httpyac.js';
import { CREDENTIALS, insert, NEW } from './support/insert.js';
import { applyEdits, linesOf } from './support/text.js';

const ALL: readonly Dialect[] = ['rest-client', 'httpyac', 'jetbrains'];
const RC_HY = ALL.slice(0, 2);
const HEADER = 'Authorization: Bearer NEW';

/** The text with its first commented header uncommented, before and after the header was inserted again. */
function uncommented(text: string, dialect: Dialect): string {
  const [direct, afterInsertion] = [text, insert(text, dialect).text].map((current) => {
    const lines = linesOf(current);
    const { request } = findRequest(lines, 0, dialect);
    const comment = current.split(/\r?\n/).findIndex((line) => /^\s*(#|\/\/)+\s*authorization/i.test(line));
    const result = applyEdits(current, uncommentHeader(lines, request!, NEW, comment));
    assert.deepEqual(uncommentHeader(linesOf(result), findRequest(linesOf(result), 0, dialect).request!, NEW, comment), []);
    const again = insert(result, dialect);
    assert.deepEqual([again.edits, again.questions, again.warnings], [[], [], []], 'it is set');
    return result;
  });
  assert.equal(direct, afterInsertion);
  return direct!;
}

describe('uncommentHeader (#10)', () => {
  it('replaces the comment by the header, and removes the header elsewhere', () => {
    for (const dialect of ALL) {
      assert.equal(uncommented('GET http://a\n# Authorization: Bearer old\nB: 1\n', dialect), `GET http://a\n${HEADER}\nB: 1\n`);
      assert.equal(uncommented('GET http://a\nB: 1\n// Authorization: Bearer old', dialect), `GET http://a\nB: 1\n${HEADER}`);
      assert.equal(
        uncommented('GET http://a\n##authorization:\r\nB: 1\r\n', dialect).split('\n')[1],
        'authorization: Bearer NEW\r',
      );
    }
  });

  it('keeps the indentation if the client allows it', () => {
    const text = 'GET http://a\n  # Authorization: Bearer old\n  B: 1\n';
    for (const dialect of RC_HY) assert.equal(uncommented(text, dialect), `GET http://a\n  ${HEADER}\n  B: 1\n`);
    assert.equal(uncommented('GET http://a\nB: 1\n  # Authorization: x\n', 'jetbrains'), `GET http://a\nB: 1\n${HEADER}\n`);
  });

  it('removes other headers of the name, even at the end of the document', () => {
    const text = 'GET http://a\n# Authorization: Bearer old\nAuthorization: Bearer 1\nauthorization: Bearer 2';
    for (const dialect of ALL) {
      const { request } = findRequest(linesOf(text), 0, dialect);
      assert.equal(applyEdits(text, uncommentHeader(linesOf(text), request!, NEW, 1)), `GET http://a\n${HEADER}`);
    }
  });

  it('never puts a header in the middle of a URL', () => {
    const text = 'GET http://a\n  ?x=1\n# Authorization: Bearer old\n  &y=2\nB: 1\n';
    for (const dialect of ALL) assert.equal(uncommented(text, dialect), `GET http://a\n  ?x=1\n  &y=2\n${HEADER}\nB: 1\n`);
  });

  it('does nothing without such a comment', () => {
    const text = 'GET http://a\n# Authtoken: x\nB: 1\n\n# Authorization: body\n';
    for (const dialect of ALL) {
      const { request } = findRequest(linesOf(text), 0, dialect);
      for (const line of [0, 1, 2, 3, 4, 99]) assert.deepEqual(uncommentHeader(linesOf(text), request!, NEW, line), []);
    }
  });
});

describe('upperCaseMethod (#34)', () => {
  const corrected = (text: string) => applyEdits(text, upperCaseMethod(linesOf(text), 0));

  it('changes only the method', () => {
    assert.equal(corrected('get http://a HTTP/1.1\nA: 1'), 'GET http://a HTTP/1.1\nA: 1');
    assert.equal(corrected('  Post {{base}}/x'), '  POST {{base}}/x');
    assert.equal(corrected('\uFEFFdelete http://a'), '\uFEFFDELETE http://a');
    for (const dialect of ['httpyac', 'jetbrains'] as const) {
      assert.deepEqual(findRequest(linesOf(corrected('get http://a')), 0, dialect).request?.warnings, []);
    }
  });

  it('changes nothing but lower-case methods', () => {
    for (const text of ['GET http://a', 'http://get', 'getting http://a', 'get', '', '{{get}} http://a']) {
      assert.equal(corrected(text), text);
    }
  });
});

describe('newRequest (#25, #47)', () => {
  const ADDED = { method: 'GET', url: 'https://new.example' };
  const add = (text: string, at: number, dialect: Dialect, markdown = false) => {
    const lines = linesOf(text);
    const { requestLine, ...edit } = newRequest(lines, at, dialect, { markdown }, ADDED);
    const after = applyEdits(text, [edit]);
    const found = findRequest(linesOf(after), requestLine, dialect, { markdown }).request;
    assert.deepEqual(
      [found?.line, found?.url, found?.headers],
      [requestLine, ADDED.url, []],
      `${dialect}: ${JSON.stringify(after)}`,
    );
    return { text: after, requestLine };
  };
  const becomes = (before: string, at: number, after: string, markdown = false) => {
    for (const dialect of ALL) assert.equal(add(before, at, dialect, markdown).text, after, dialect);
  };
  const LINE = 'GET https://new.example';

  it('is the first line of an empty file', () => {
    becomes('', 0, LINE);
    becomes('\n\n', 1, `${LINE}\n\n`);
    becomes('  \n', 0, `${LINE}\n`);
    becomes('\uFEFF', 0, `\uFEFF${LINE}`);
    becomes('\n###\nGET http://b\n', 0, `${LINE}\n\n###\nGET http://b\n`);
  });

  it('goes below variables, and below its own comments', () => {
    becomes('@a=1\n@b=2\n', 0, `@a=1\n@b=2\n\n${LINE}\n`);
    becomes('# @name x\n// c\n', 2, `# @name x\n// c\n${LINE}\n`);
  });

  it('keeps file-wide variables in their own region', () => {
    becomes('@a=1\r\n\r\n###\r\nGET {{a}}\r\n', 0, `@a=1\r\n\r\n###\r\n${LINE}\r\n\r\n###\r\nGET {{a}}\r\n`);
  });

  it('fills an empty region', () => {
    becomes('### t\n', 0, `### t\n${LINE}\n`);
    becomes('### t', 0, `### t\n${LINE}`);
    becomes('GET http://a\n###\n\n', 2, `GET http://a\n###\n${LINE}\n\n`);
    becomes('###\n###\nGET http://b\n', 0, `###\n${LINE}\n\n###\nGET http://b\n`);
    becomes('###\n\n### b\nGET http://b\n', 1, `###\n${LINE}\n\n### b\nGET http://b\n`);
  });

  it('starts a new region below a request, or below text that a client could read as one', () => {
    becomes('POST http://a\n\nbody\n', 0, `POST http://a\n\nbody\n\n###\n${LINE}\n`);
    becomes('prose\n###\nGET http://b\n', 0, `prose\n\n###\n${LINE}\n\n###\nGET http://b\n`);
    becomes('HTTP/1.1 200 OK\n\nbody', 2, `HTTP/1.1 200 OK\n\nbody\n\n###\n${LINE}`);
  });

  it('fills a Markdown fence, or starts one', () => {
    const fence = `\`\`\`http\n${LINE}\n\`\`\``;
    becomes('# T\n```http\n```\n', 1, `# T\n${fence}\n`, true);
    becomes('# T\n```rest\n\n```\n', 2, `# T\n\`\`\`rest\n${LINE}\n\n\`\`\`\n`, true);
    becomes('# T\n', 0, `# T\n\n${fence}\n`, true);
    becomes('# T\n\ntext\n', 1, `# T\n${fence}\n\ntext\n`, true);
    becomes('text\nmore\n', 0, `text\n\n${fence}\n\nmore\n`, true);
    becomes('', 0, fence, true);
  });

  it('never goes into other Markdown code', () => {
    const fence = `\`\`\`http\n${LINE}\n\`\`\``;
    for (const at of [1, 2]) becomes('# T\n```js\nx\n```\n', at, `# T\n${fence}\n\n\`\`\`js\nx\n\`\`\`\n`, true);
    becomes('~~~~\n```\n~~~\n', 2, `${fence}\n\n~~~~\n\`\`\`\n~~~\n`, true);
    becomes('```js\n```\n', 1, `\`\`\`js\n\`\`\`\n\n${fence}\n`, true);
  });

  it('changes no other request, wherever it is added', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(oddFile, plainFile), fc.constantFrom(...ALL), fc.nat(), async (text, dialect, at) => {
        const summary = (all: readonly { method: string; url: string; headers: unknown }[]) =>
          all.map(({ method, url, headers }) => JSON.stringify([method, url, headers]));
        const read = (current: string) =>
          findRequests(linesOf(current), dialect).map(({ headers, ...request }) => {
            return { ...request, headers: headers.map(({ name, value }) => [name, value]) };
          });
        const { text: after, requestLine } = add(text, at % linesOf(text).lineCount, dialect);
        const others = read(after).filter(({ line }) => line !== requestLine);
        assert.deepEqual(summary(others), summary(read(text)));
        if (dialect !== 'httpyac') return;
        const understood = (await understoodByHttpYac(after)).filter(({ line }) => line !== requestLine);
        assert.deepEqual(
          understood.map(({ line: _, ...request }) => request),
          (await understoodByHttpYac(text)).map(({ line: _, ...request }) => request),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('sameReading', () => {
  const same = (text: string, at = 0) =>
    sameReading(findRequest(linesOf(text), at, 'rest-client'), findRequest(linesOf(text), at, 'httpyac'));

  it('is true if both clients find the same headers in the same request', () => {
    for (const text of [
      'GET http://a\nA: 1\n\nx',
      'GET http://a\nA: 1,\n',
      '',
      'prose',
      '###\n\n###',
      '# c\n\nGET {{a}}\n?x=1\nB: 2',
    ]) {
      assert.equal(same(text), true, text);
    }
  });

  it('is false if a header would go elsewhere, or only one client sees an existing one', () => {
    assert.equal(same('GET http://a\n\nGET http://b\n', 2), false, 'another request');
    assert.equal(same('WS ws://a\n'), false, 'found by one');
    assert.equal(same('GET http://a\n  /b\nA: 1\n'), false, 'the URL goes on');
    assert.equal(same('GET http://a\n{{h}}: 1\nAuthorization: x\n'), false, 'the body starts');
  });

  it('implies that setting headers produces the same text', () => {
    fc.assert(
      fc.property(fc.oneof(oddFile, plainFile), fc.nat(), (text, at) => {
        const lines = linesOf(text);
        const [a, b] = (['rest-client', 'httpyac'] as const).map((dialect) => findRequest(lines, at % lines.lineCount, dialect));
        if (!a?.request || !b?.request || !sameReading(a, b)) return;
        const texts = [a.request, b.request].map((request) =>
          applyEdits(text, setHeaders(lines, request, [NEW], CREDENTIALS).edits),
        );
        assert.equal(texts[0], texts[1]);
      }),
      { numRuns: 300 },
    );
  });
});
