import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  findRequest,
  findRequests,
  readPlainRequest,
  requestHost,
  hostWithPort,
  withTokens,
  type Dialect,
  type PlainRequest,
  type RequestBlock,
} from '../../src/httpFile/index.js';
import fc from '../support/properties.js';
import { eol, oddFileWithBlocks, plainFile } from './support/arbitrary.js';
import { understoodByHttpYac } from './support/httpyac.js';
import { sentByRestClient } from './support/restClient.js';
import { RestClientModel } from './support/restClientModel.js';
import { linesOf } from './support/text.js';

const DIALECTS: readonly Dialect[] = ['rest-client', 'httpyac', 'jetbrains'];
const REFERENCE = '{{$processEnv TENANT_TOKEN_ACME}}';

function read(text: string, dialect: Dialect, cursor = 0, options = {}) {
  const lines = linesOf(text);
  const { request, refused } = findRequest(lines, cursor, dialect, options);
  assert.ok(request, refused);
  return readPlainRequest(lines, request, options);
}

/** A request as lines: its method and URL, its headers, and its body after a blank line. */
const shown = ({ method, url, headers, body }: PlainRequest): string =>
  [`${method} ${url}`, ...headers.map(({ name, value }) => `${name}: ${value}`), ...(body === undefined ? [] : ['', body])].join(
    '\n',
  );

describe('reading a request to send it', () => {
  for (const [what, text, expected] of [
    ['a request line alone', 'GET https://a.example', 'GET https://a.example/'],
    ['an address alone', 'https://a.example/x', 'GET https://a.example/x'],
    ['the version of HTTP', 'DELETE https://a.example/x HTTP/1.1', 'DELETE https://a.example/x'],
    ['a port and an address by number', 'GET http://[::1]:8080/x', 'GET http://[::1]:8080/x'],
    [
      'a query over several lines, with a comment',
      'GET https://a.example/x\n  ?a=1\n  # and\n  &b=two\nAccept: */*',
      'GET https://a.example/x?a=1&b=two\nAccept: */*',
    ],
    ['blanks in a filter', 'GET https://a.example/x?filter=name eq 1', 'GET https://a.example/x?filter=name%20eq%201'],
    [
      'variables, and variables in variables',
      '@host = a.example\n@base = https://{{host}}/v1\n@id = 7\nPUT {{base}}/x/{{id}}\nX-Id: {{id}}\n\n{"id": {{id}}}',
      'PUT https://a.example/v1/x/7\nX-Id: 7\n\n{"id": 7}',
    ],
    ['a variable that is defined further down', 'GET {{base}}/x\n\n###\n@base = https://a.example\n', 'GET https://a.example/x'],
    [
      'a reference in a variable',
      `@token = ${REFERENCE}\nGET https://a.example/x\nAuthorization: Bearer {{token}}`,
      `GET https://a.example/x\nAuthorization: Bearer ${REFERENCE}`,
    ],
    [
      'a body without the blank lines at its end',
      'POST https://a.example/x\nContent-Type: application/json\n\n{\n  "a": [1]\n}\n\n\n### next\nGET https://b.example',
      'POST https://a.example/x\nContent-Type: application/json\n\n{\n  "a": [1]\n}',
    ],
    ['blank lines within a body', 'POST https://a.example/x\n\na\n\nb', 'POST https://a.example/x\n\na\n\nb'],
    [
      'a form over several lines',
      'POST https://a.example/x\nContent-Type: application/x-www-form-urlencoded\n\na=1\n&b=2',
      'POST https://a.example/x\nContent-Type: application/x-www-form-urlencoded\n\na=1&b=2',
    ],
    [
      'a name and other directives that change nothing',
      '# @name list\n# @no-log\n// @no-redirect\nGET https://a.example/x',
      'GET https://a.example/x',
    ],
    [
      'credentials of any kind that are complete',
      'GET https://a.example/x\nAuthorization: Basic YTpi\nAuthtoken: QSDK abc\nCookie: a=1; b=2',
      'GET https://a.example/x\nAuthorization: Basic YTpi\nAuthtoken: QSDK abc\nCookie: a=1; b=2',
    ],
    ['Windows line ends', 'GET https://a.example/x\r\nA: 1\r\n\r\nb\r\nc\r\n', 'GET https://a.example/x\nA: 1\n\nb\nc'],
  ] as const)
    for (const dialect of DIALECTS)
      it(`takes ${what} (${dialect})`, () => {
        const cursor = text.split('\n').findIndex((line) => /https?:|\{\{base/.test(line) && !line.startsWith('@'));
        const { request, obstacle } = read(text, dialect, cursor);
        assert.ok(request, JSON.stringify(obstacle));
        assert.equal(shown(request), expected);
      });

  it('leaves comments out of a body, as REST Client and httpYac do; JetBrains’ client sends them', () => {
    const text = 'POST https://a.example/x\n\n{\n# one\n  "a": 1 # two\n// three\n}\n\n# the next one\n';
    for (const dialect of ['rest-client', 'httpyac'] as const)
      assert.equal(read(text, dialect).request?.body, '{\n  "a": 1 # two\n}');
    assert.deepEqual(read(text, 'jetbrains').obstacle, { kind: 'comment', line: 3 });
  });

  it('gives the names of references, and puts tokens in their place', () => {
    const other = '{{$processEnv tenant_token_other}}';
    const text = `POST https://a.example/x\nAuthorization: Bearer ${REFERENCE}\nX-Both: ${other}-${REFERENCE}\n\ntoken ${other}`;
    for (const dialect of DIALECTS) {
      const { request } = read(text, dialect);
      assert.deepEqual(request?.references, ['TENANT_TOKEN_ACME', 'tenant_token_other']);
      const filled = withTokens(request.headers[1]!.value, (name) => `<${name}>`);
      assert.equal(filled, '<tenant_token_other>-<TENANT_TOKEN_ACME>');
      assert.equal(
        withTokens(request.body!, () => '$&'),
        'token $&',
      );
    }
  });

  it('reads a request in a fence of Markdown, whatever stands around it', () => {
    const text = '# Notes\n\nimport antigravity\n\n```http\nGET https://a.example/x\nA: 1\n```\n\n{{+\nmore\n';
    for (const dialect of DIALECTS) {
      const { request } = read(text, dialect, 5, { markdown: true });
      assert.equal(request && shown(request), 'GET https://a.example/x\nA: 1', dialect);
    }
  });

  const POST = 'POST https://a.example/x\n\n';
  for (const [text, obstacle, dialects = DIALECTS] of [
    ['GET https://a.example/{{id}}', { kind: 'variable', name: 'id', line: 0 }],
    ['GET https://a.example/x\nX-Id: {{$guid}}', { kind: 'variable', name: '$guid', line: 1 }],
    [`${POST}{{$processEnv HOME}}`, { kind: 'variable', name: '$processEnv HOME', line: 2 }],
    [`${POST}{{login.response.body.id}}`, { kind: 'variable', name: 'login.response.body.id', line: 2 }],
    ['@a = {{b}}\n@b = {{a}}\nGET https://a.example/{{a}}', { kind: 'braces', line: 2 }, ['httpyac', 'jetbrains']],
    ['@a = 1\n\n###\n@a = 2\n\n###\nGET https://a.example/{{a}}', { kind: 'variable', name: 'a', line: 6 }],
    ['@a = "x"\nGET https://a.example/{{a}}', { kind: 'variable', name: 'a', line: 1 }, ['httpyac', 'jetbrains']],
    ['@global.a = x\nGET https://a.example/{{a}}', { kind: 'variable', name: 'a', line: 1 }],
    ['GET https://a.example/x\nX-Id: {{id', { kind: 'braces', line: 1 }],
    [String.raw`${POST}\{\{id\}\}`, { kind: 'braces', line: 2 }],
    [`GET https://a.example/x?t=${REFERENCE}`, { kind: 'token-in-address', line: 0 }],
    ['GET a.example/x', { kind: 'address', line: 0 }],
    ['GET /x\nHost: a.example', { kind: 'address', line: 0 }],
    ['GET ftp://a.example/x', { kind: 'address', line: 0 }],
    ['GET https://ada:word@a.example/x', { kind: 'address', line: 0 }],
    [String.raw`GET https://a.example\x`, { kind: 'address', line: 0 }],
    ['CONNECT https://a.example/x', { kind: 'method', name: 'CONNECT', line: 0 }],
    ['GRAPHQL https://a.example/x', { kind: 'method', name: 'GRAPHQL', line: 0 }, ['httpyac', 'jetbrains']],
    ['@m = GET\n{{m}} https://a.example/x', { kind: 'method', name: '{{m}}', line: 1 }],
    ['get https://a.example/x', { kind: 'doubt', warning: 'lower-case-method', line: 0 }, ['httpyac', 'jetbrains']],
    ['GET https://a.example/x\n...all', { kind: 'doubt', warning: 'spread-may-override', line: 1 }, ['httpyac']],
    ['GET https://a.example/x\nFoo', { kind: 'doubt', warning: 'sent-as-header', line: 1 }, ['rest-client']],
    ['GET https://a.example/x\nHost: b.example', { kind: 'header', name: 'Host', line: 1 }],
    ['GET https://a.example/x\nContent-Length: 3', { kind: 'header', name: 'Content-Length', line: 1 }],
    ['GET https://a.example/x\nX-Request-Type: GraphQL', { kind: 'header', name: 'X-Request-Type', line: 1 }],
    ['GET https://a.example/x\nX-ClientCert: cert: a.pem', { kind: 'header', name: 'X-ClientCert', line: 1 }],
    ['GET https://a.example/x\nA: 1\na: 2', { kind: 'repeated-header', name: 'a', line: 2 }],
    ['GET https://a.example/x\nA: →', { kind: 'header-value', name: 'A', line: 1 }],
    ['GET https://a.example/x\nAuthorization: Basic ada word', { kind: 'credentials', line: 1 }],
    ['GET https://a.example/x\nAuthorization: Basic ada:word', { kind: 'credentials', line: 1 }],
    ['GET https://a.example/x\nAuthorization: Digest ada word', { kind: 'credentials', line: 1 }],
    ['GET https://a.example/x\nAuthorization: AWS key secret', { kind: 'credentials', line: 1 }],
    ['GET https://a.example/x\nAuthorization: openid', { kind: 'credentials', line: 1 }],
    ['# @prompt id\nGET https://a.example/x', { kind: 'directive', name: '@prompt', line: 0 }],
    ['// @note sure?\nGET https://a.example/x', { kind: 'directive', name: '@note', line: 0 }],
    ['GET https://a.example/x\n# @loop for 3', { kind: 'directive', name: '@loop', line: 1 }],
    ['# @ref login\nGET https://a.example/x', { kind: 'directive', name: '@ref', line: 0 }],
    ['{{\nexports.x = 1\n}}\nGET https://a.example/x', { kind: 'script', line: 0 }, ['httpyac', 'jetbrains']],
    ['< {% x %}\nGET https://a.example/x', { kind: 'script', line: 0 }, ['httpyac', 'jetbrains']],
    ['import ./a\nGET https://a.example/x', { kind: 'import', line: 0 }, ['jetbrains']],
    ['{{\nexports.x = 1\n}}\n###\nGET https://a.example/x', { kind: 'script', line: 0 }, ['httpyac']],
    ['# @import ./a.http\n\n###\nGET https://a.example/x', { kind: 'directive', name: '@import', line: 0 }, ['httpyac']],
    [`GET https://a.example/x\n\n###\nGET https://b.example\n\n{{+@request\nx\n}}`, { kind: 'script', line: 5 }, ['httpyac']],
    [`${POST}> {%\nx\n%}`, { kind: 'handler', line: 2 }],
    [`${POST}{{@response\nx\n}}`, { kind: 'script', line: 2 }],
    [`${POST}?? status == 200`, { kind: 'handler', line: 2 }],
    [`${POST}>> ./out`, { kind: 'handler', line: 2 }],
    [`${POST}<> ./out`, { kind: 'handler', line: 2 }],
    [`${POST}< ./body.json`, { kind: 'file', line: 2 }],
    [`${POST}<@ ./body.json`, { kind: 'file', line: 2 }],
    [`${POST}<@latin1 ./body.json`, { kind: 'file', line: 2 }],
    [`${POST}one\n===\ntwo`, { kind: 'messages', line: 3 }],
    [`${POST}HTTP/1.1 200 OK`, { kind: 'response', line: 2 }],
    [`${POST}GET me a coffee`, { kind: 'doubt', warning: 'second-request', line: 2 }, ['httpyac']],
    [`${POST}a\n@b = 1`, { kind: 'definition', line: 3 }],
    [
      'POST https://a.example/x\nContent-Type: multipart/form-data; boundary=b\n\n--b\nA: 1\n\nx\n--b--',
      { kind: 'multipart', line: 0 },
    ],
    ['POST https://a.example/x\nContent-Type: application/x-www-form-urlencoded\n\na=1\nb=2', { kind: 'form', line: 4 }],
    ['curl https://a.example/x', { kind: 'curl', line: 0 }, ['rest-client']],
  ] as readonly (readonly [string, object, (readonly Dialect[])?])[])
    for (const dialect of dialects)
      it(`refuses ${JSON.stringify(text.replace(POST, ''))} (${dialect})`, () => {
        const cursor = text
          .split('\n')
          .findLastIndex((line) => /^(?:GET|POST|CONNECT|GRAPHQL|curl|\{\{m)/.test(line) && !line.includes('b.example'));
        assert.deepEqual(read(text, dialect, Math.max(cursor, 0)).obstacle, obstacle);
      });

  /** Compares what is read with what a client sends for the same request. */
  interface Sent {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly body: unknown;
  }
  function assertSame(plain: PlainRequest, sent: Sent | undefined, text: string): void {
    assert.ok(sent, `nothing is sent for ${JSON.stringify(text)}`);
    const headers = Object.fromEntries(plain.headers.map(({ name, value }) => [name, value]));
    assert.deepEqual(
      { ...plain, headers, references: undefined },
      {
        method: sent.method,
        url: URL.parse(sent.url)?.href,
        headers: { ...sent.headers },
        body: sent.body,
        references: undefined,
      },
      text,
    );
  }

  /** The requests of a text that are taken, without variables, which the parser of a client leaves as they are. */
  function* taken(text: string, dialect: Dialect): Generator<readonly [RequestBlock, PlainRequest]> {
    if (/^\s*@/m.test(text)) return;
    const lines = linesOf(text);
    for (const block of findRequests(lines, dialect)) {
      const { request } = readPlainRequest(lines, block);
      if (request) yield [block, request];
    }
  }

  async function compare(text: string): Promise<number> {
    let count = 0;
    const httpYac = await understoodByHttpYac(text);
    for (const [{ line }, request] of taken(text, 'httpyac')) {
      count++;
      assertSame(
        request,
        httpYac.find((one) => one.line === line),
        text,
      );
    }
    const restClient = sentByRestClient(text);
    for (const [{ line }, request] of taken(text, 'rest-client')) {
      count++;
      assertSame(
        request,
        restClient.find((one) => one.line === line),
        text,
      );
    }
    return count;
  }

  it('reads what REST Client and httpYac were observed to send', async () => {
    const { cases } = JSON.parse(readFileSync(join(__dirname, '../fixtures/http-cases.json'), 'utf8')) as {
      cases: readonly { readonly input: string }[];
    };
    let count = 0;
    for (const { input } of cases) count += await compare(input);
    assert.ok(count >= 40, `only ${count} requests were taken`);
  });

  it('reads what these clients send, in any file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(oddFileWithBlocks, plainFile), async (text) => {
        await compare(text);
      }),
    );
  });

  const piece = fc.constantFrom('{{a}}', '{{b}}', '{{$processEnv TENANT_TOKEN_ACME}}', 'x', '/', '?q=', ' ', '$1', '{', '}');
  const value = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
  const withVariables = fc
    .record({ a: value, b: value, path: value, header: value, body: value, ending: eol })
    .map(({ a, b, path, header, body, ending }) =>
      [`@a = ${a}`, `@b = ${b}`, `POST https://h.example/${path}`, `X-A: ${header}`, '', `v ${body}`].join(ending),
    );

  it('replaces variables as REST Client does', () => {
    let count = 0;
    fc.assert(
      fc.property(withVariables, (text) => {
        const { request } = read(text, 'rest-client', 2);
        if (!request) return;
        count++;
        const client = new RestClientModel({ env: { TENANT_TOKEN_ACME: 'TOKEN' }, files: {}, olderThan026: false });
        const [sent] = client.send({ uri: 'file:///a.http', text }, 2);
        const [url = '', ...rest] = sent!.text.split('\n');
        assert.equal(request.url, URL.parse(url)?.href);
        const filled = [...request.headers.flatMap((one) => [one.name, one.value]), request.body].join('\n');
        assert.equal(
          withTokens(filled, () => 'TOKEN'),
          rest.join('\n'),
          text,
        );
      }),
    );
    assert.ok(count > 0);
  });

  it('sends nowhere but to the host that the file shows, which decides where references may be resolved', () => {
    fc.assert(
      fc.property(fc.oneof(oddFileWithBlocks, plainFile, withVariables), (text) => {
        const lines = linesOf(text);
        for (const dialect of DIALECTS)
          for (const block of findRequests(lines, dialect)) {
            const { request } = readPlainRequest(lines, block);
            const host = requestHost(lines, block);
            if (request && host !== undefined) assert.equal(hostWithPort(new URL(request.url)), host, text);
            // What may be resolved elsewhere only where the host is known is not taken here without one.
            if (request && dialect === 'rest-client') assert.notEqual(host, undefined, text);
          }
      }),
    );
  });
});
