import assert from 'node:assert/strict';
import { hiddenReferences, occurrences } from '../../src/httpFile/index.js';
import { linesOf } from './support/text.js';

/** The names with their lines, counted from 0. */
function hiddenIn(text: string, markdown = false): string[] {
  const lines = linesOf(text);
  const told = occurrences(lines, 'rest-client', { credentialNames: ['authorization'], markdown });
  return hiddenReferences(lines, told, { markdown }).map(({ name, line }) => `${name ?? 'any'} ${line}`);
}

const REFERENCE = '{{$processEnv TENANT_TOKEN_ACME}}';
const hidden = (text: string, line = 1): void => assert.deepEqual(hiddenIn(text), [`TENANT_TOKEN_ACME ${line}`], text);
const told = (text: string): void => assert.deepEqual(hiddenIn(text), [], text);

describe('hiddenReferences', () => {
  it('are none where each stands in a request or in a definition', () => {
    told(`GET https://a.example/\nAuthorization: Bearer ${REFERENCE}\n\n{"a": "{{ $processEnv TENANT_TOKEN_ACME }}"}`);
    told(`@t = ${REFERENCE}\n\nGET https://a.example/\nAuthorization: Bearer {{t}}`);
    told('GET https://a.example/\nAuthorization: Bearer {{$processEnv OTHER}}\nX: TENANT_TOKEN_ACME');
    told(`# ${REFERENCE}\nGET https://a.example/\n// Authorization: ${REFERENCE}`);
  });

  it('are those that REST Client finds among other words', () => {
    hidden('GET https://a.example/\nX: {{$processEnv TENANT_TOKEN_ACME x}}');
    hidden('GET https://a.example/\nX: {{$processEnv TENANT_TOKEN_ACME-x}}');
    hidden('GET https://a.example/\nX: {{$processEnv  x $processEnv TENANT_TOKEN_ACME}}');
    hidden('GET https://a.example/\nX: {{$processEnv %TENANT_TOKEN_ACME}}');
    hidden(`GET https://a.example/\nA: ${REFERENCE}{{$processEnv TENANT_TOKEN_ACME.}}`);
  });

  it('are those of variables that have another name in REST Client', () => {
    for (const name of ['global.t', 't:', 'a:b'])
      hidden(`@${name}= ${REFERENCE}\n###\nGET https://a.example/\nX: {{${name}}}`, 0);
  });

  it('are those of variables that REST Client takes on over the ends of lines', () => {
    for (const start of ['@t =\n', '@t\n=', '@t\n\n=\n\n', '  @t=\n  \n', '@t =\n# '])
      hidden(`GET https://a.example/\n${start}${REFERENCE}\n###\nGET https://b.example/{{t}}`, start.split('\n').length);
    told(`GET https://a.example/\n@t\nX: ${REFERENCE}\n###\nGET https://b.example/{{t}}`);
  });

  it('are those of variables behind what ends a line in REST Client alone', () => {
    for (const start of ['# ', '', '  // ', 'X: 1 ', '@a = b'])
      for (const end of ['\u2028', '\u2029 ', '\u2028\u2028\t'])
        hidden(`GET https://a.example/\n${start}${end}@t = ${REFERENCE}\n###\nGET https://b.example/{{t}}`);
    hidden(`GET https://a.example/\n# \u2028@t =\n${REFERENCE}\n###\nGET https://b.example/{{t}}`, 2);
  });

  it('may be any where the settings of REST Client say which', () => {
    assert.deepEqual(hiddenIn('GET https://a.example/\nX: {{$processEnv %key}}'), ['any 1']);
    told('GET https://a.example/\n# X: {{$processEnv %key}}');
  });

  it('stand in the fences of Markdown only', () => {
    const text = `Write {{$processEnv TENANT_TOKEN_ACME x}}.\n\n\`\`\`http\nGET https://a.example/\n\`\`\`\n`;
    assert.deepEqual(hiddenIn(text, true), []);
    const inFence = text.replace('a.example/', 'a.example/\nX: {{$processEnv TENANT_TOKEN_ACME x}}');
    assert.deepEqual(hiddenIn(inFence, true), ['TENANT_TOKEN_ACME 4']);
    assert.deepEqual(hiddenIn(`@t = {{$processEnv TENANT_TOKEN_ACME x}}\n${text}`, true), ['TENANT_TOKEN_ACME 0']);
    assert.deepEqual(hiddenIn(`@t =\n${REFERENCE}\n${text}`, true), ['TENANT_TOKEN_ACME 1']);
  });
});
