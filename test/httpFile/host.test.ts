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
  it('is the host of the URL, with a port that is not the usual one, in lower case', () => {
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

  it('is where a client goes, not where the text seems to lead', () => {
    is('GET https://good.example@evil.example/', 'evil.example', OTHERS);
    is('GET https://user:pw@a.example/', 'a.example', OTHERS);
    is('GET https://bücher.example/', 'xn--bcher-kva.example', OTHERS);
    is('GET https://a.example#@evil.example/', 'a.example');
  });

  it('is unknown where clients take the same text for different hosts', () => {
    // WHATWG reads `\\` as `/`; REST Client writes it as `%5C` before, and it becomes a part of the user name.
    is('GET https://good.example\\@evil.example/', undefined);
    is('@base = https://good.example\\t@evil.example\nGET {{base}}/', undefined);
    is('GET https://good.example\t@evil.example/', undefined);
  });

  it('is unknown where what stands for the method may hold another URL', () => {
    is('@m = https://evil.example/?\n\n{{m}} https://good.example/', undefined, OTHERS);
    is('@m = https://evil.example/?\n\n{{m}} https://good.example/', 'evil.example', ['rest-client']);
  });

  it('is unknown to REST Client where it takes another line for the URL', () => {
    const text = 'GET https://good.example/';
    is(`/*\nHost: evil.example:443\n*/\n${text}`, undefined, ['rest-client']);
    is(`< {%\n%}\n${text}`, undefined, ['rest-client']);
    is(`/*\nHost: evil.example:443\n*/\n${text}`, 'good.example', ['httpyac']);
  });

  it('is unknown to REST Client where a definition is not what it looks like', () => {
    const last = 'GET {{base}}/';
    for (const before of [
      '@global.base = https://good.example',
      '@base := https://good.example\n###',
      '@base = /good.example:8080',
      // Versions before 0.26 take a definition on over the ends of lines.
      '@base\n = https://evil.example\n###\n@base = https://good.example',
      '@base = https://good.example\n###\n@base =\nhttps://evil.example',
      '@other =\n@base = https://good.example\n###',
      '@other\n=\n\n@base = https://good.example\n###',
      // What a request or a question is named comes before a variable of the file.
      '# @prompt base\n@base = https://good.example',
      '#@name base\n@base = https://good.example',
      // A backslash goes away, and `$&` stands for something else.
      '@base = https://good.example\\t@evil.example',
      '@h = $&.example\n@base = https://good{{h}}',
    ])
      is(`${before}\n${last}`, undefined, ['rest-client']);
  });

  it('is unknown to REST Client where it sends another request, or a header that it does not say', () => {
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

  it('is unknown where there are several `Host` headers, which REST Client joins', () => {
    is('GET /p\nHost: good.example:443\nHost: @evil.example:443', undefined);
    is('@x = 1\\nHost: @evil.example:443\nGET /p\nHost: good.example:443\nX: {{x}}', undefined, ['rest-client']);
    is('GET /p\nHost: good.example:443\nAuthorization: Bearer {{$processEnv TENANT_TOKEN_A}}', 'good.example', OTHERS);
  });

  it('has its port where it is plain, whatever the protocol', () => {
    is('WS ws://a.example/', 'a.example:80', ['httpyac']);
    is('WS wss://a.example/', 'a.example', ['httpyac']);
  });

  it('is the one of `Host` where the URL is relative', () => {
    is('GET /p\nA: 1\nhost: A.example:8443', 'a.example:8443', OTHERS);
    is('OPTIONS *\nHost: a:443', 'a', OTHERS);
    is('GET /p', undefined);
    is('GET https://a/p\nHost: b', 'a', OTHERS);
  });

  it('is the one of the variable `host` in httpYac where there is no header', () => {
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

  it('is unknown where a variable is', () => {
    is('GET {{base}}/x', undefined);
    is('GET https://{{host}}/x', undefined);
    is('GET https://{{$processEnv HOST}}/x', undefined);
    is('GET https://a.example{{path}}', undefined);
    is('GET https://{{user}}:{{password}}@a.example/', undefined);
  });

  it('ends where definitions go in circles', () => {
    is('@a = {{b}}\n@b = {{a}}\n\nGET {{a}}/x', undefined);
    is('@a = {{a}}{{a}}\n\nGET {{a}}/x', undefined);
  });

  it('is unknown where definitions disagree, except that the region has the last word in httpYac', () => {
    is('@h = a\n@h = b\n###\nGET http://{{h}}/', undefined);
    is('@h = a\n@h = a\n###\nGET http://{{h}}/', 'a:80');
    is('@h = a\n###\n@h = b\nGET http://{{h}}/', 'b:80', ['httpyac']);
    is('@h = a\n###\n@h = b\nGET http://{{h}}/', undefined, ['rest-client', 'jetbrains']);
  });

  it('is unknown where the URL is none', () => {
    is('GET http://', undefined);
    is('GET http://a b/', undefined);
    is('GET http:///', undefined);
  });
});
