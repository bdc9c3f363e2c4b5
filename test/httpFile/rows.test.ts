import assert from 'node:assert/strict';
import { findRequest, findRequests, requestHost, setHeaders, type Dialect, type WarningKind } from '../../src/httpFile/index.js';
import { CREDENTIALS, insert, insertInAll, NEW, refusal, type InsertOptions } from './support/insert.js';
import { applyEdits, linesOf } from './support/text.js';

const RC = ['rest-client'] as const;
const HY = ['httpyac'] as const;
const JB = ['jetbrains'] as const;
const RC_HY = [...RC, ...HY];
const ALL = [...RC, ...HY, ...JB];

const HEADER = 'Authorization: Bearer NEW';

/** The header is set as expected, without a question, with these warnings. */
function becomes(
  dialects: readonly Dialect[],
  before: string,
  after: string,
  { warnings = [], ...options }: InsertOptions & { readonly warnings?: readonly WarningKind[] } = {},
): void {
  for (const dialect of dialects) {
    const result = insert(before, dialect, options);
    assert.equal(result.text, after, dialect);
    assert.deepEqual(result.questions, [], dialect);
    assert.deepEqual(
      result.warnings.map(({ kind }) => kind),
      warnings,
      dialect,
    );
  }
}

/** The same, once the questions are answered with yes. */
function asks(
  dialects: readonly Dialect[],
  before: string,
  after: string,
  questions: readonly string[],
  options: InsertOptions = {},
): void {
  for (const dialect of dialects) {
    const result = insert(before, dialect, options);
    assert.equal(result.text, after, dialect);
    assert.deepEqual(
      result.questions.map(({ kind, line, name }) => `${kind} ${name} ${line}`),
      questions,
      dialect,
    );
  }
}

/** The request line for each cursor line. */
function leadsTo(dialects: readonly Dialect[], text: string, expected: Readonly<Record<number, number | string>>): void {
  for (const dialect of dialects) {
    for (const [cursor, line] of Object.entries(expected)) {
      const { request, refused } = findRequest(linesOf(text), Number(cursor), dialect);
      assert.equal(request?.line ?? refused, line, `${dialect}, cursor in line ${cursor}`);
    }
  }
}

describe('httpFile, the corner cases of .http files', () => {
  it('#1 goes between the request line and the blank line above a body', () => {
    becomes(ALL, 'POST http://a\n\nA: 1\n', `POST http://a\n${HEADER}\n\nA: 1\n`);
  });

  it('#2 follows a request line that is the last line, without adding a blank one', () => {
    becomes(ALL, 'GET http://a', `GET http://a\n${HEADER}`);
  });

  it('#3 goes below the continuation of a query', () => {
    becomes(ALL, 'GET http://a\n  ?x=1\n  &y=2\nA: 1\n', `GET http://a\n  ?x=1\n  &y=2\n${HEADER}\nA: 1\n`);
  });

  it('#4 goes below the last continuation, whatever comments stand between', () => {
    becomes(ALL, 'GET http://a\n  ?x=1\n# c\n  &y=2\n# d\nA: 1\n', `GET http://a\n  ?x=1\n# c\n  &y=2\n${HEADER}\n# d\nA: 1\n`);
  });

  it('#5 goes above the first header if a query line follows it, and warns', () => {
    const after = `GET http://a\n${HEADER}\nA: 1\n?x=1\n`;
    becomes(ALL, 'GET http://a\nA: 1\n?x=1\n', after, { warnings: ['query-after-header'] });
  });

  it('#6 goes below the path lines or, if the client does not support them, above with a warning', () => {
    becomes([...HY, ...JB], 'GET http://a\n  /b\n  /c\nA: 1\n', `GET http://a\n  /b\n  /c\n${HEADER}\nA: 1\n`);
    const warnings = ['sent-as-header', 'sent-as-header'] as const;
    becomes(RC, 'GET http://a\n  /b\n  /c\nA: 1\n', `GET http://a\n${HEADER}\n  /b\n  /c\nA: 1\n`, { warnings });
  });

  it('#7 replaces the value of a header in lower case and keeps its name', () => {
    becomes(ALL, 'GET http://a\nauthorization: Bearer 1\n', 'GET http://a\nauthorization: Bearer NEW\n');
  });

  it('#8 replaces the first of several and asks to remove the rest', () => {
    const before = 'GET http://a\nAuthorization: Bearer 1\nA: 1\nauthorization: Bearer 2\nAUTHORIZATION: Bearer 3';
    asks(ALL, before, `GET http://a\n${HEADER}\nA: 1`, ['duplicate-header authorization 3', 'duplicate-header AUTHORIZATION 4']);
  });

  it('#9 fills an empty value and leaves a blank before the colon alone', () => {
    becomes(ALL, 'GET http://a\nAuthorization:\nB: 2\n', `GET http://a\n${HEADER}\nB: 2\n`);
    becomes(ALL, 'GET http://a\nAuthorization: \nB: 2\n', `GET http://a\n${HEADER} \nB: 2\n`);
    becomes(ALL, 'GET http://a\nAuthorization : x\nB:2\n', 'GET http://a\nAuthorization : Bearer NEW\nB:2\n');
    becomes(ALL, 'GET http://a\nAuthorization:x\n', 'GET http://a\nAuthorization:Bearer NEW\n');
  });

  it('#10 keeps a header in a comment, and warns', () => {
    const before = 'GET http://a\n# Authorization: Bearer old\nB: 1\n';
    becomes(ALL, before, `GET http://a\n${HEADER}\n# Authorization: Bearer old\nB: 1\n`, { warnings: ['commented-header'] });
  });

  it('#11 asks before it replaces a reference, and can update the definition instead', () => {
    const before = '@token = old\n\nGET http://a\nAuthorization: Bearer {{token}}\n';
    asks(ALL, before, `@token = old\n\nGET http://a\n${HEADER}\n`, ['foreign-reference Authorization 3'], { at: 2 });
    for (const dialect of ALL) {
      const { atDefinition = [], questions } = insert(before, dialect, { at: 2 });
      assert.ok(questions[0]?.kind === 'foreign-reference');
      assert.deepEqual(questions[0].definition, { line: 0, name: 'token', value: 'old', valueStart: 9, valueEnd: 12 });
      const updated = applyEdits(before, atDefinition);
      assert.equal(updated, before.replace('old', 'NEW'));
      const again = insert(updated, dialect, { at: 2 });
      assert.deepEqual([again.edits, again.questions], [[], []], 'a second time');
    }
  });

  it('#11 replaces its own references without asking', () => {
    for (const reference of ['{{$processEnv TENANT_TOKEN_ACME}}', '{{$processEnv tenant_token_x1}}']) {
      becomes(ALL, `GET http://a\nAuthorization: Bearer ${reference}\n`, `GET http://a\n${HEADER}\n`);
    }
    asks(ALL, 'GET http://a\nAuthorization: {{$processEnv X}}\n', `GET http://a\n${HEADER}\n`, [
      'foreign-reference Authorization 1',
    ]);
  });

  it('#12 asks before it replaces a directive of httpYac, whichever client is used', () => {
    const before = 'GET http://a\nAuthorization: oauth2 client_credentials prod\n';
    asks(ALL, before, `GET http://a\n${HEADER}\n`, ['oauth2-directive Authorization 1']);
    asks(ALL, 'GET http://a\nAuthorization: openid\n', `GET http://a\n${HEADER}\n`, ['oauth2-directive Authorization 1']);
  });

  it('#13 asks before it changes the scheme', () => {
    for (const value of ['Basic user pass', 'AWS key secret region:r', 'Digest user pass']) {
      asks(ALL, `GET http://a\nAuthorization: ${value}\n`, `GET http://a\n${HEADER}\n`, ['scheme-change Authorization 1']);
    }
    becomes(ALL, 'GET http://a\nAuthorization: bearer old\n', `GET http://a\n${HEADER}\n`);
  });

  it('#14 goes below a spread of headers and warns that it may be overridden', () => {
    const before = 'GET http://a\nA: 1\n...shared\nB: 2\n';
    becomes(HY, before, `GET http://a\nA: 1\n...shared\n${HEADER}\nB: 2\n`, { warnings: ['spread-may-override'] });
    becomes(RC, before, `GET http://a\n${HEADER}\nA: 1\n...shared\nB: 2\n`, { warnings: ['sent-as-header'] });
    becomes(JB, before, `GET http://a\n${HEADER}\nA: 1\n...shared\nB: 2\n`, { warnings: ['headers-not-read'] });
  });

  it('#15 goes above a header line that is a variable', () => {
    const [before, after] = ['GET http://a\n{{authHeader}}\nB: 2\n', `GET http://a\n${HEADER}\n{{authHeader}}\nB: 2\n`];
    becomes(RC, before, after, { warnings: ['sent-as-header'] });
    becomes([...HY, ...JB], before, after, { warnings: ['headers-not-read'] });
  });

  it('#16 goes above a line without a colon', () => {
    const [before, after] = ['GET http://a\nFoo\nB: 2\n', `GET http://a\n${HEADER}\nFoo\nB: 2\n`];
    becomes(RC, before, after, { warnings: ['sent-as-header'] });
    becomes([...HY, ...JB], before, after, { warnings: ['headers-not-read'] });
  });

  it('#17 reads an indented separator as the client does, and warns if it is a comment', () => {
    const text = 'GET http://a\n\nbody\n  ### b\nPOST http://b\n';
    leadsTo(HY, text, { 0: 0, 2: 0, 4: 4 });
    leadsTo([...RC, ...JB], text, { 0: 0, 2: 0, 4: 0 });
    const after = `GET http://a\n${HEADER}\n\nbody\n  ### b\nPOST http://b\n`;
    becomes([...RC, ...JB], text, after, { at: 4, warnings: ['indented-separator', 'second-request'] });
  });

  it('#18 finds two requests without a separator if the client does', () => {
    const text = 'GET http://a\nA: 1\n\nGET http://b\nB: 2\n';
    leadsTo(HY, text, { 0: 0, 2: 0, 3: 3, 4: 3 });
    leadsTo([...RC, ...JB], text, { 0: 0, 3: 0, 4: 0 });
    becomes([...RC, ...JB], text, `GET http://a\n${HEADER}\nA: 1\n\nGET http://b\nB: 2\n`, {
      at: 4,
      warnings: ['second-request'],
    });
    const joined = 'GET http://a HTTP/1.1\nA: 1\nGET http://b HTTP/1.1\nB: 2\n';
    leadsTo(HY, joined, { 1: 0, 2: 2, 3: 2 });
    becomes(RC, joined, joined.replace('A: 1', `${HEADER}\nA: 1`), { at: 2, warnings: ['second-request'] });
  });

  it('#19 stays with the request above if a body line looks like a request line', () => {
    const text = 'POST http://a\nContent-Type: text/plain\n\nGET me a coffee\nPOST it\n';
    leadsTo(ALL, text, { 2: 0, 3: 0, 4: 0 });
    becomes(ALL, text, text.replace('http://a', `http://a\n${HEADER}`), { at: 4 });
  });

  it('#20 does not end a Markdown body of httpYac at a heading', () => {
    const text =
      '### one\nPOST http://a\nContent-Type: text/markdown\n\n# Title\n### Sub\ntext\n### Sub 2\n\n###\nGET http://b\n';
    leadsTo(HY, text, { 0: 1, 5: 1, 6: 1, 7: 1, 8: 1, 9: 10, 10: 10 });
    assert.deepEqual(
      findRequests(linesOf(text), 'httpyac').map(({ line }) => line),
      [1, 10],
    );
    leadsTo([...RC, ...JB], text, { 4: 1, 6: 'no-request', 10: 10 });
    assert.deepEqual(
      findRequests(linesOf(text), 'rest-client').map(({ line, end }) => [line, end]),
      [
        [1, 5],
        [10, 12],
      ],
    );
  });

  it('#20 takes a cursor on a heading of a Markdown body to its request, not to one that follows in it', () => {
    const text = 'POST http://a\nContent-Type: text/markdown\n####\nWS ws://b\n';
    leadsTo(HY, text, { 2: 0, 3: 3 });
    leadsTo(HY, text.replace('WS', '\nWS'), { 2: 0, 3: 0, 4: 4 });
  });

  it('#20 recognizes a heading below regions that a bare address could start', () => {
    const text = 'POST http://a\nContent-Type: text/markdown\n\n### Links\nnothing\n### More\nhttps://example.com\n';
    leadsTo(HY, text, { 4: 0, 6: 0 });
  });

  it('#21 does not change comments in a body', () => {
    const text = 'POST http://a\n\n{\n# note\n  "a": 1\n}\n';
    becomes(ALL, text, text.replace('\n', `\n${HEADER}\n`), { at: 3 });
  });

  it('#22 skips a comment block above a request; below the request line it ends the headers or is sent', () => {
    leadsTo(ALL, '/*\nGET http://old\n*/\nGET http://a\n', { 0: 3, 1: 3, 3: 3 });
    leadsTo(HY, '/*\n### old\nGET http://old\n*/\nGET http://a\n', { 0: 4, 4: 4 });
    const [before, after] = ['GET http://a\n/*\nA: 1\n*/\nB: 2\n', `GET http://a\n${HEADER}\n/*\nA: 1\n*/\nB: 2\n`];
    becomes([...HY, ...JB], before, after, { warnings: ['headers-not-read'] });
    becomes(RC, before, after, { warnings: ['sent-as-header', 'sent-as-header'] });
  });

  it('#23 goes directly below the request line, above a comment', () => {
    becomes(ALL, 'GET http://a\n// c\nA: 1\n', `GET http://a\n${HEADER}\n// c\nA: 1\n`);
  });

  it('#24 goes above a variable that stands below the request line', () => {
    const [before, after] = ['GET http://a\n@y=2\nB: 2\n', `GET http://a\n${HEADER}\n@y=2\nB: 2\n`];
    becomes(RC, before, after, { warnings: ['sent-as-header'] });
    becomes([...HY, ...JB], before, after, { warnings: ['headers-not-read'] });
  });

  it('#25 refuses a file of variables only', () => {
    for (const dialect of ALL) assert.equal(refusal('@a=1\n@b=2\n', dialect), 'no-request');
    for (const dialect of ALL) assert.equal(refusal('', dialect), 'no-request');
  });

  it('#26 uses the region below a separator or, if that is empty, the one above', () => {
    leadsTo(ALL, 'GET http://a\n###\nGET http://b\n### end\n\n', { 1: 2, 3: 2 });
    leadsTo(ALL, 'GET http://a\n###\n###\n', { 1: 0, 2: 'no-request' });
    leadsTo(ALL, '### a\nGET http://a\n', { 0: 1 });
  });

  it('#27 uses the request below leading comments', () => {
    leadsTo(ALL, 'GET http://a\n###\n\n# @name b\n// c\n@x = 1\nGET http://b\n', { 2: 6, 3: 6, 4: 6, 5: 6 });
  });

  it('#28 uses the request above a response', () => {
    const text = 'GET http://a\nA: 1\n\nHTTP/1.1 200 OK\nB: 2\n\nbody\n';
    leadsTo(ALL, text, { 3: 0, 4: 0, 6: 0 });
    becomes(ALL, text, text.replace('A: 1', `${HEADER}\nA: 1`), { at: 4 });
    leadsTo(ALL, 'GET http://a\nA: 1\n\n<> prev.json\n', { 3: 0 });
    for (const dialect of ALL) assert.equal(refusal('HTTP/1.1 200 OK\nA: 1\n', dialect), 'no-request');
  });

  it('#29 uses the request above a response handler, and does not change the script', () => {
    for (const script of ['> {%\n  client.test();\n%}', '{{@response\nGET http://b\n}}', '> ./handler.js', '?? status == 200']) {
      const text = `POST http://a\nA: 1\n\n{}\n\n${script}\n`;
      leadsTo(HY, text, { 5: 0, 6: 0, 7: 0 });
      becomes(HY, text, text.replace('A: 1', `${HEADER}\nA: 1`), { at: 6 });
    }
    const joined = 'GET http://a\nA: 1\n{{@response\n x\n}}\n';
    becomes([...HY, ...JB], joined, joined.replace('A: 1', `${HEADER}\nA: 1`), { at: 3 });
    const script = 'POST http://a\nA: 1\n\n{}\n\n> {%\n  client.test();\n%}\n';
    becomes(ALL, script, script.replace('A: 1', `${HEADER}\nA: 1`), { at: 6 });
  });

  it('#30 reads the first line below a script as the request line, and warns if the client does not', () => {
    for (const script of ['< {% x %}', '< {%\n  x\n%}', '{{\n  x\n}}', '{{@request\nGET http://b\n}}', '< ./pre.js']) {
      const text = `${script}\nGET http://a\nA: 1\n`;
      const after = `${script}\nGET http://a\n${HEADER}\nA: 1\n`;
      becomes([...HY, ...JB], text, after);
      becomes(RC, text, after, { warnings: ['sent-as-url'] });
    }
  });

  it('#31 goes between the request line and a file that is the body', () => {
    const [before, after] = ['POST http://a\n< ./b.json\n', `POST http://a\n${HEADER}\n< ./b.json\n`];
    becomes([...HY, ...JB], before, after);
    becomes(RC, before, after, { warnings: ['sent-as-header'] });
  });

  it('#32 never goes into the parts of a multipart body', () => {
    const body = '\n--b\nAuthorization: part\n\nx\n--b--\n';
    const head = 'POST http://a\nContent-Type: multipart/form-data; boundary=b\n';
    becomes(ALL, head + body, head.replace('\n', `\n${HEADER}\n`) + body, { at: 4 });
  });

  it('#32 finds no request in a multipart/mixed body before its end', () => {
    const text = 'POST http://a\nContent-Type: multipart/mixed; boundary=b\n\n--b\nGET http://b\n\n--b--\nGET http://c\n';
    leadsTo(HY, text, { 4: 0, 6: 0, 7: 7 });
    leadsTo([...RC, ...JB], text, { 4: 0, 6: 0, 7: 0 });
    leadsTo(HY, '# @forceRegionDelimiter\nGET http://a\n\nGET http://b\n', { 3: 1 });
  });

  it('#32 finds no request in a multipart/mixed body whose end is in a response that is kept below it', () => {
    for (const response of ['HTTP/1.1 200 OK', 'SSE 0', 'GRPC 5 - x', 'MQTT 0', 'AMQP -1', 'WS 1000'])
      for (const before of ['', '\n', '\n--b\n']) {
        const lines = `POST http://a\nContent-Type: multipart/mixed; boundary=b\n${before}${response}\n\n--b--`.split(
          '\n',
        ).length;
        const text = `POST http://a\nContent-Type: multipart/mixed; boundary=b\n${before}${response}\n\n--b--\nGET http://c\n`;
        leadsTo(HY, text, { [lines]: 0 });
      }
  });

  it('#33 does not change a body of markup', () => {
    const text = 'POST http://a\nContent-Type: text/html\n\n< p >\n<p>\n';
    becomes(ALL, text, text.replace('\n', `\n${HEADER}\n`), { at: 3 });
  });

  it('#34 accepts a lower-case method, and warns if the client does not', () => {
    becomes(RC, 'get http://a\nA: 1\n', `get http://a\n${HEADER}\nA: 1\n`);
    becomes([...HY, ...JB], 'get http://a\nA: 1\n', `get http://a\n${HEADER}\nA: 1\n`, { warnings: ['lower-case-method'] });
  });

  it('#35 accepts an address, a variable and a path as request lines', () => {
    for (const line of [
      'http://a',
      '{{base}}/x',
      'GET /p',
      '/p',
      'example.com/x',
      'localhost:3000',
      '{{url}}',
      'GET {{base}}/x?y={{ z }}',
    ]) {
      becomes(ALL, `${line}\nHost: a\n`, `${line}\n${HEADER}\nHost: a\n`);
    }
    const lines = linesOf('GET /p\nHost: A:8443\n');
    // The settings of REST Client may define a host for it.
    for (const dialect of ALL)
      assert.equal(requestHost(lines, findRequest(lines, 0, dialect).request!), dialect === 'rest-client' ? undefined : 'a:8443');
  });

  it('#36 accepts a variable as a method', () => {
    becomes(ALL, '{{m}} http://a\nA: 1\n', `{{m}} http://a\n${HEADER}\nA: 1\n`);
  });

  it('#37 refuses protocols that the client does not support', () => {
    for (const line of [
      'GRPC http://a/s/m',
      'WS ws://a',
      'WEBSOCKET ws://a',
      'MQTT mqtt://a',
      'GRAPHQL http://a',
      'ws://a',
      'REPORT http://a',
    ]) {
      becomes(HY, `${line}\nA: 1\n`, `${line}\n${HEADER}\nA: 1\n`);
      assert.equal(refusal(`${line}\nA: 1\n`, 'rest-client'), 'not-sent-by-client');
      assert.deepEqual(findRequests(linesOf(`${line}\nA: 1\n`), 'rest-client'), []);
    }
    assert.equal(refusal('MQTT mqtt://a\n', 'jetbrains'), 'not-sent-by-client');
    becomes(JB, 'GRAPHQL http://a\n', `GRAPHQL http://a\n${HEADER}\n`);
  });

  it('#38 does not change the messages of a stream', () => {
    const text = 'WS ws://a\n\none\n===\ntwo\n';
    becomes(HY, text, text.replace('\n', `\n${HEADER}\n`), { at: 4 });
    for (const dialect of [...RC, ...JB]) assert.equal(refusal(text, dialect, 4), 'not-sent-by-client');
  });

  it('#39 is in curlHeaders.test.ts; a line `curl` in a body is not a command', () => {
    const text = 'POST http://a\n\ncurl http://b\n';
    becomes(ALL, text, text.replace('\n', `\n${HEADER}\n`), { at: 2 });
    for (const dialect of [...HY, ...JB]) assert.equal(refusal('curl http://a\n', dialect), 'not-sent-by-client');
  });

  it('#40 breaks lines as the file does, and keeps a byte order mark', () => {
    becomes(ALL, 'GET http://a\r\nA: 1\r\n\r\nx\n', `GET http://a\r\n${HEADER}\r\nA: 1\r\n\r\nx\n`);
    becomes(ALL, 'GET http://b\n\n###\r\nGET http://a\r\n', `GET http://b\n\n###\r\nGET http://a\r\n${HEADER}\r\n`, { at: 3 });
    becomes(ALL, '\uFEFFGET http://a\nA: 1\n', `\uFEFFGET http://a\n${HEADER}\nA: 1\n`);
    becomes(ALL, '\uFEFF### a\nGET http://a\n', `\uFEFF### a\nGET http://a\n${HEADER}\n`);
  });

  it('#41 refuses lone carriage returns', () => {
    for (const text of ['GET http://a\rA: 1\r\rb', '# c\rGET http://a\n', 'GET http://a\nA: 1\rB: 2\n']) {
      for (const dialect of ALL) assert.equal(refusal(text, dialect), 'lone-carriage-return');
      for (const dialect of ALL) assert.deepEqual(findRequests(linesOf(text), dialect), []);
    }
  });

  it('#42 treats a line of whitespace as blank', () => {
    becomes(ALL, 'GET http://a  \n \t \nAuthorization: body\n', `GET http://a  \n${HEADER}\n \t \nAuthorization: body\n`);
  });

  it('#43 indents as the first header does', () => {
    becomes(RC_HY, 'GET http://a\n  A: 1\n', `GET http://a\n  ${HEADER}\n  A: 1\n`);
    becomes(JB, 'GET http://a\n  A: 1\n', `GET http://a\n  A: 1\n${HEADER}\n`);
  });

  it('#44 replaces a folded value as a whole if the client folds, and warns otherwise', () => {
    const folded = 'GET http://a\nAuthorization: Bearer\n  old\nB: 3\n';
    becomes(JB, folded, `GET http://a\n${HEADER}\nB: 3\n`);
    becomes(JB, 'GET http://a\nAuthorization:\n  Bearer old', `GET http://a\n${HEADER}`);
    asks(JB, 'GET http://a\nAuthtoken: a\n  b\nB: 3', `GET http://a\n${HEADER}\nB: 3`, ['other-credential Authtoken 1']);
    const after = `GET http://a\n${HEADER}\n  old\nB: 3\n`;
    becomes(RC, folded, after, { warnings: ['folded-value'] });
    becomes(HY, folded, after, { warnings: ['folded-value', 'headers-not-read'] });
  });

  it('#45 goes above a name that is not ASCII', () => {
    const [before, after] = ['GET http://a\nX-É: 1\nB: 2\n', `GET http://a\n${HEADER}\nX-É: 1\nB: 2\n`];
    becomes([...RC, ...JB], before, after);
    becomes(HY, before, after, { warnings: ['headers-not-read'] });
  });

  it('#46 keeps a comma that the client does not send, and never adds one', () => {
    becomes(ALL, 'GET http://a\nA: 1,\n', `GET http://a\n${HEADER}\nA: 1,\n`);
    becomes(HY, 'GET http://a\nAuthorization: Bearer 1,\n', `GET http://a\n${HEADER},\n`);
    becomes([...RC, ...JB], 'GET http://a\nAuthorization: Bearer 1,\n', `GET http://a\n${HEADER}\n`);
  });

  it('#47 accepts every form of separator, and refuses an empty region', () => {
    for (const separator of ['###', '####', '### title', '#### t', '###title', '### ']) {
      leadsTo(ALL, `GET http://a\n\n${separator}\nGET http://b\n`, { 1: 0, 3: 3 });
    }
    for (const dialect of ALL) assert.equal(refusal('### t\n', dialect), 'no-request');
    for (const dialect of ALL) assert.equal(refusal('GET http://a\n###\n\n', dialect, 2), 'no-request');
  });

  it('#48 does not read dashes as a separator', () => {
    leadsTo([...RC, ...JB], 'GET http://a\n---\nGET http://b\n', { 1: 0, 2: 0 });
    leadsTo(HY, 'GET http://a\n---\nGET http://b\n', { 1: 0, 2: 2 });
  });

  it('#49 puts no header into a region of variables', () => {
    const text = '@base = http://a\n# c\n\n###\nGET {{base}}\n';
    for (const dialect of ALL) assert.equal(refusal(text, dialect, 0), 'no-request');
    for (const dialect of ALL) assert.equal(insertInAll(text, dialect), `${text}${HEADER}\n`);
  });

  it('#50 reads a Markdown fence as a separate document', () => {
    const text =
      '# Title\n\nGET http://no\n\n```http\nGET http://a\n\n### b\nGET http://b\n```\n\n```js\nGET http://no\n```\n\n```rest\nGET http://c\n```\n';
    const lines = linesOf(text);
    for (const dialect of ALL) {
      const request = (cursor: number) => findRequest(lines, cursor, dialect, { markdown: true });
      assert.deepEqual(
        [4, 5, 6, 7, 8, 9, 15, 16, 17].map((cursor) => request(cursor).request?.line),
        dialect === 'rest-client' ? [5, 5, 5, 5, 5, 5, 16, 16, 16] : [5, 5, 5, 8, 8, 8, 16, 16, 16],
        'REST Client sends a fence as one request',
      );
      for (const cursor of [0, 2, 10, 11, 12, 13, 14, 18]) assert.equal(request(cursor).refused, 'no-request', `line ${cursor}`);
      const found = findRequests(lines, dialect, { markdown: true });
      assert.deepEqual(
        found.map(({ line, end }) => [line, end]),
        [
          ...(dialect === 'rest-client'
            ? [[5, 9]]
            : [
                [5, 7],
                [8, 9],
              ]),
          [16, 17],
        ],
      );
    }
    assert.equal(refusal('```http\nGET http://a\n', 'rest-client', 1, { markdown: true }), 'no-request', 'not closed');
    assert.equal(refusal('```http\n```\n', 'rest-client', 0, { markdown: true }), 'no-request', 'empty');
  });

  it('#51 sets headers in all requests, each once', () => {
    const text = '### a\nGET http://a\nAuthorization: Bearer old\n\n### b\nPOST http://b\n\nbody\n\n### c\n# nothing\n';
    const after = `### a\nGET http://a\n${HEADER}\n\n### b\nPOST http://b\n${HEADER}\n\nbody\n\n### c\n# nothing\n`;
    for (const dialect of ALL) assert.equal(insertInAll(text, dialect), after);
    for (const dialect of ALL) assert.equal(insertInAll(after, dialect), after, 'a second time');
  });

  it('#53 knows the host that a token would go to', () => {
    const lines = linesOf('@host = api.example.com\n\nGET https://{{host}}/x\n');
    const { request } = findRequest(lines, 2, 'rest-client');
    assert.equal(requestHost(lines, request!), 'api.example.com');
    assert.deepEqual(setHeaders(lines, request!, [NEW], CREDENTIALS).questions, []);
  });
});
