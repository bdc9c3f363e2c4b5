import assert from 'node:assert/strict';
import { httpie } from '../../../src/handoff/copyAs/httpie.js';
import { UnquotableError } from '../../../src/handoff/copyAs/request.js';

const request = { method: 'GET', url: 'https://a/x?a=1', headers: [{ name: 'Authorization', value: 'Bearer abc' }] };

describe('An HTTPie command', () => {
  it('is a line to paste', () => {
    assert.equal(httpie(request), "http --ignore-stdin 'GET' 'https://a/x?a=1' 'Authorization: Bearer abc'");
    assert.equal(
      httpie({ ...request, method: 'POST', headers: [{ name: 'X-Empty', value: '' }], body: `{"a": 'b'}` }),
      `http --ignore-stdin 'POST' 'https://a/x?a=1' 'X-Empty;' 'Content-Type:' --raw '{"a": '\\''b'\\''}'`,
    );
  });

  it('is refused for what HTTPie would change', () => {
    for (const value of ['a\\:', 'a\\\\\\=b'])
      assert.throws(() => httpie({ ...request, headers: [{ name: 'A', value }] }), new UnquotableError('no-form'));
    for (const value of ['a\\\\:', '\\a:', ':@file', 'a\\'])
      assert.doesNotThrow(() => httpie({ ...request, headers: [{ name: 'A', value }] }));
    assert.throws(() => httpie({ ...request, method: 'M-SEARCH' }), new UnquotableError('no-form'));
    assert.throws(() => httpie({ ...request, headers: [{ name: '-a', value: '1' }] }), new UnquotableError('no-form'));
  });
});
