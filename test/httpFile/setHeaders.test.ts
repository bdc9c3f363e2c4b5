import assert from 'node:assert/strict';
import { findRequest, setHeaders, type Dialect } from '../../src/httpFile/index.js';
import { applyEdits, linesOf } from './support/text.js';
import { CREDENTIALS, insert, NEW } from './support/insert.js';

const ALL: readonly Dialect[] = ['rest-client', 'httpyac', 'jetbrains'];
const ACCEPT = { name: 'Accept', value: 'application/json;version=39.0', yieldsTo: 'version=' };

const asked = ({ questions }: ReturnType<typeof insert>) => questions.map(({ kind, line, name }) => `${kind} ${name} ${line}`);

describe('setHeaders', () => {
  it('sets several headers in the order given', () => {
    const { text, edits } = insert('GET http://a\nB: 2\n', 'rest-client', { headers: [NEW, ACCEPT] });
    assert.equal(text, 'GET http://a\nAuthorization: Bearer NEW\nAccept: application/json;version=39.0\nB: 2\n');
    assert.equal(edits.length, 1);
  });

  it('replaces existing headers and inserts the others', () => {
    const { text } = insert('GET http://a\nB: 2\nauthorization: Bearer old\n', 'httpyac', { headers: [ACCEPT, NEW] });
    assert.equal(text, 'GET http://a\nAccept: application/json;version=39.0\nB: 2\nauthorization: Bearer NEW\n');
  });

  it('keeps a header that the new one yields to', () => {
    const present = 'GET http://a\nAccept: application/*+json;version=38.1\n';
    assert.deepEqual(insert(present, 'rest-client', { headers: [ACCEPT] }).edits, []);
    const other = insert('GET http://a\nAccept: */*\n', 'rest-client', { headers: [ACCEPT] });
    assert.equal(other.text, 'GET http://a\nAccept: application/json;version=39.0\n');
    assert.deepEqual(other.questions, []);
    const list = insert('GET http://a\nAccept: text/html, application/json\n', 'rest-client', { headers: [ACCEPT] });
    assert.deepEqual(list.questions, [], 'a list has no scheme');
  });

  it('asks to remove every other credential, and leaves none beside the new one', () => {
    const before = 'GET http://a\nAuthtoken: QSDK x\nA: 1\ncsp-auth-token: y\nX-VCLOUD-AUTHORIZATION: z\n';
    for (const dialect of ALL) {
      const result = insert(before, dialect);
      assert.equal(result.text, 'GET http://a\nAuthorization: Bearer NEW\nA: 1\n');
      const expected = ['Authtoken 1', 'csp-auth-token 3', 'X-VCLOUD-AUTHORIZATION 4'].map(
        (header) => `other-credential ${header}`,
      );
      assert.deepEqual(asked(result), expected);
    }
  });

  it('keeps several credentials that belong together', () => {
    const headers = [NEW, { name: 'csp-auth-token', value: 'NEW' }];
    const result = insert('GET http://a\nCSP-Auth-Token: old\n', 'rest-client', { headers });
    assert.equal(result.text, 'GET http://a\nAuthorization: Bearer NEW\nCSP-Auth-Token: NEW\n');
    assert.deepEqual(result.questions, []);
  });

  it('removes lines at the end of a document together with the line break above', () => {
    const text = 'GET http://a\nAuthtoken: x\ncsp-auth-token: y';
    for (const eol of ['\n', '\r\n']) {
      const broken = text.replaceAll('\n', eol);
      assert.equal(insert(broken, 'rest-client').text, `GET http://a${eol}Authorization: Bearer NEW`);
    }
  });

  it('returns no adjacent edits', () => {
    const lines = linesOf('GET http://a\nAuthtoken: x');
    const { request } = findRequest(lines, 0, 'rest-client');
    const { edits } = setHeaders(lines, request!, [NEW], CREDENTIALS);
    assert.deepEqual(edits, [
      { startLine: 0, startCharacter: 12, endLine: 1, endCharacter: 12, text: '\nAuthorization: Bearer NEW' },
    ]);
  });

  it('asks for each line once, in the order of the lines', () => {
    const before = 'GET http://a\nAuthtoken: x\nAuthorization: Basic a b\nAuthorization: {{t}}\n';
    assert.deepEqual(asked(insert(before, 'rest-client')), [
      'other-credential Authtoken 1',
      'scheme-change Authorization 2',
      'duplicate-header Authorization 3',
    ]);
  });

  it('refuses a header that is not one line', () => {
    const lines = linesOf('GET http://a\n');
    const { request } = findRequest(lines, 0, 'rest-client');
    for (const header of [
      { name: 'A', value: 'x\nB: y' },
      { name: 'A', value: 'x\ry' },
      { name: 'A\nB', value: 'x' },
      { name: 'A: B', value: 'x' },
      { name: '', value: 'x' },
    ]) {
      assert.throws(() => setHeaders(lines, request!, [header], []), RangeError);
    }
  });

  it('trims the value, as a client does', () => {
    const headers = [{ name: 'Authorization', value: ' Bearer NEW ' }];
    assert.equal(insert('GET http://a\n', 'httpyac', { headers }).text, 'GET http://a\nAuthorization: Bearer NEW\n');
  });

  it('replaces a token by a reference', () => {
    const headers = [{ name: 'Authorization', value: 'Bearer {{$processEnv TENANT_TOKEN_ACME}}' }];
    const result = insert('GET http://a\nAuthorization: Bearer old\n', 'rest-client', { headers });
    assert.equal(result.text, 'GET http://a\nAuthorization: Bearer {{$processEnv TENANT_TOKEN_ACME}}\n');
    assert.deepEqual(result.questions, []);
  });
});

describe('setHeaders, a reference to a definition', () => {
  const ask = (text: string, at: number, dialect: Dialect = 'rest-client') => insert(text, dialect, { at });

  it('updates only the definition behind the reference', () => {
    const text = '@auth=Bearer old\nGET http://a\nAuthorization: {{ auth }}\nAuthtoken: x\n';
    const { atDefinition = [] } = ask(text, 1);
    assert.equal(applyEdits(text, atDefinition), '@auth=Bearer NEW\nGET http://a\nAuthorization: {{ auth }}\n');
  });

  it('offers none if it would not be enough, if it is ambiguous, or if it contains a reference itself', () => {
    for (const text of [
      'GET http://a\nAuthorization: Bearer {{token}}\n',
      'GET http://a\nAuthorization: Bearer {{token}}\n@token = a\n@token = b\n',
      'GET http://a\nAuthorization: Bearer {{token}}\n@token = {{login.response.body.token}}\n',
      'GET http://a\nAuthorization: Token {{token}}\n@token = a\n',
      'GET http://a\nAuthorization: {{scheme}} {{token}}\n@scheme = Bearer\n@token = a\n',
      'GET http://a\nAuthorization: Bearer {{$guid}}\n',
    ]) {
      const { questions, atDefinition } = ask(text, 0);
      assert.deepEqual([questions, atDefinition], [[{ kind: 'foreign-reference', line: 1, name: 'Authorization' }], undefined]);
    }
  });

  it('offers one whose value is our reference', () => {
    const text = '@token = {{$processEnv TENANT_TOKEN_A}}\nGET http://a\nAuthorization: Bearer {{token}}\n';
    assert.equal(
      applyEdits(text, ask(text, 1).atDefinition ?? []),
      '@token = NEW\nGET http://a\nAuthorization: Bearer {{token}}\n',
    );
  });

  it('changes nothing if the definition already has the value', () => {
    const { edits, questions } = ask('@token = NEW\nGET http://a\nAuthorization: Bearer {{token}}\n', 1);
    assert.deepEqual([edits, questions], [[], []]);
  });

  it('supports the forms of httpYac', () => {
    for (const definition of ['@token := ', '@global.token = ', '  @token=']) {
      const text = `${definition}old\nGET http://a\nAuthorization: Bearer {{token}}\n`;
      assert.equal(applyEdits(text, ask(text, 1, 'httpyac').atDefinition ?? []), text.replace('old', 'NEW'));
    }
  });
});
