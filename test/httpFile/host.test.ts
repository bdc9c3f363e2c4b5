import assert from 'node:assert/strict';
import { findRequest, requestHost, type Dialect } from '../../src/httpFile/index.js';
import { linesOf } from './support/text.js';

const ALL: readonly Dialect[] = ['rest-client', 'httpyac', 'jetbrains'];
const OTHERS = ALL.slice(1);

/** The host of the request in the last region of a text. */
function hostIn(text: string, dialect: Dialect): string | undefined {
  const lines = linesOf(text);
  const { request } = findRequest(lines, lines.lineCount - 1, dialect);
  return request && requestHost(lines, request);
}

function is(text: string, host: string | undefined, dialects = ALL): void {
  for (const dialect of dialects) assert.equal(hostIn(text, dialect), host, `${dialect}: ${text}`);
}

describe('requestHost', () => {
  it('is the host of the URL in lower case, with a port other than the default', () => {
    is('GET https://API.example.com/x', 'api.example.com');
    is('GET https://a.example.com:443/x', 'a.example.com');
    is('GET http://a.example.com:443/x', 'a.example.com:443');
    is('http://a:8080', 'a:8080');
    is('GET http://a.example/', 'a.example:80');
    is('GET http://a.example:80/', 'a.example:80');
    is('GET http://[::1]:8080/x', '[::1]:8080');
    is('GET https://a HTTP/1.1', 'a');
    is('GET https://a\n  ?x=https://b', 'a');
    is('example.com/x', 'example.com:80', OTHERS);
  });

  it('is the host that a client connects to, not the one that the text suggests', () => {
    is('GET https://good.example@evil.example/', 'evil.example', OTHERS);
    is('GET https://user:pw@a.example/', 'a.example', OTHERS);
    is('GET https://bücher.example/', 'xn--bcher-kva.example', OTHERS);
    is('GET https://a.example#@evil.example/', 'a.example');
  });

  it('is unknown if clients read the same text as different hosts', () => {
    // WHATWG reads `\\` as `/`; REST Client encodes it as `%5C` first, and it becomes a part of the user name.
    is('GET https://good.example\\@evil.example/', undefined);
    is('@base = https://good.example\\t@evil.example\nGET {{base}}/', undefined);
    is('GET https://good.example\t@evil.example/', undefined);
  });

  it('is unknown if a variable in place of the method may contain another URL', () => {
    is('@m = https://evil.example/?\n\n{{m}} https://good.example/', undefined, OTHERS);
    is('@m = https://evil.example/?\n\n{{m}} https://good.example/', 'evil.example', ['rest-client']);
  });

  it('is unknown for REST Client if it reads another line as the URL', () => {
    const text = 'GET https://good.example/';
    is(`/*\nHost: evil.example:443\n*/\n${text}`, undefined, ['rest-client']);
    is(`< {%\n%}\n${text}`, undefined, ['rest-client']);
    is(`/*\nHost: evil.example:443\n*/\n${text}`, 'good.example', ['httpyac']);
  });

  it('is unknown for REST Client if a definition is not what it looks like', () => {
    const last = 'GET {{base}}/';
    for (const before of [
      '@global.base = https://good.example',
      '@base := https://good.example\n###',
      '@base = /good.example:8080',
      // Versions before 0.26 continue a definition across line ends.
      '@base\n = https://evil.example\n###\n@base = https://good.example',
      '@base = https://good.example\n###\n@base =\nhttps://evil.example',
      '@other =\n@base = https://good.example\n###',
      '@other\n=\n\n@base = https://good.example\n###',
      // The name of a request or a prompt takes precedence over a file variable.
      '# @prompt base\n@base = https://good.example',
      '#@name base\n@base = https://good.example',
      // The client removes a backslash, and expands `$&`.
      '@base = https://good.example\\t@evil.example',
      '@h = $&.example\n@base = https://good{{h}}',
    ])
      is(`${before}\n${last}`, undefined, ['rest-client']);
  });

  it('is unknown for REST Client if it sends another request, or a header that the text does not contain', () => {
    const request = 'GET https://good.example/';
    for (const text of [
      `${request}\nHost: evil.example`,
      `${request}\nHost`,
      `${request}\n@t = 1`,
      `${request}\nX: 1\u2028Host: evil.example`,
      '\uFEFF### not a separator\nGET https://evil.example/',
      'GET https://good.example\n&.evil.example/',
      'GET https://good.example:99999999/',
      'GET https://good.example%2eevil/',
      'QUERY https://good.example/',
    ])
      assert.notEqual(hostIn(text, 'rest-client'), 'good.example', text);
  });

  it('is unknown with several `Host` headers, which REST Client joins', () => {
    is('GET /p\nHost: good.example:443\nHost: @evil.example:443', undefined);
    is('@x = 1\\nHost: @evil.example:443\nGET /p\nHost: good.example:443\nX: {{x}}', undefined, ['rest-client']);
    is('GET /p\nHost: good.example:443\nAuthorization: Bearer {{$processEnv TENANT_TOKEN_A}}', 'good.example', OTHERS);
  });

  it('includes the port without TLS, whatever the protocol', () => {
    is('WS ws://a.example/', 'a.example:80', ['httpyac']);
    is('WS wss://a.example/', 'a.example', ['httpyac']);
  });

  it('is that of `Host` if the URL is relative', () => {
    is('GET /p\nA: 1\nhost: A.example:8443', 'a.example:8443', OTHERS);
    is('OPTIONS *\nHost: a:443', 'a', OTHERS);
    is('GET /p', undefined);
    is('GET https://a/p\nHost: b', 'a', OTHERS);
  });

  it('is that of the variable `host` in httpYac without the header', () => {
    is('@host = https://a.example\nGET /p', 'a.example', ['httpyac']);
    is('@host = https://a.example\nGET /p', undefined, ['rest-client', 'jetbrains']);
  });

  it('follows definitions through several steps', () => {
    is(
      '@name = a\n@host = {{name}}.example\n@base = https://{{host}}:{{port}}/api\n@port = 8443\n\nGET {{base}}/{{id}}',
      'a.example:8443',
    );
    is('@base=https://a.example/\nGET {{ base }}x', 'a.example');
    is('GET https://a.example/{{path}}?{{query}}', 'a.example');
    is('@path = /x\n\nGET https://a.example{{path}}', 'a.example');
  });

  it('is unknown if a variable is unknown', () => {
    is('GET {{base}}/x', undefined);
    is('GET https://{{host}}/x', undefined);
    is('GET https://{{$processEnv HOST}}/x', undefined);
    is('GET https://a.example{{path}}', undefined);
    is('GET https://{{user}}:{{password}}@a.example/', undefined);
  });

  it('is unknown with circular definitions', () => {
    is('@a = {{b}}\n@b = {{a}}\n\nGET {{a}}/x', undefined);
    is('@a = {{a}}{{a}}\n\nGET {{a}}/x', undefined);
  });

  it('is unknown if definitions disagree, except that those of the region win in httpYac', () => {
    is('@h = a\n@h = b\n###\nGET http://{{h}}/', undefined);
    is('@h = a\n@h = a\n###\nGET http://{{h}}/', 'a:80');
    is('@h = a\n###\n@h = b\nGET http://{{h}}/', 'b:80', ['httpyac']);
    is('@h = a\n###\n@h = b\nGET http://{{h}}/', undefined, ['rest-client', 'jetbrains']);
  });

  it('is unknown without a valid URL', () => {
    is('GET http://', undefined);
    is('GET http://a b/', undefined);
    is('GET http:///', undefined);
  });
});
