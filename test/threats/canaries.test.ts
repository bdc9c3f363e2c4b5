import assert from 'node:assert/strict';
import process from 'node:process';
import { AppError } from '../../src/base/errors.js';
import { assertG, canary, formsOf } from './support/canaries.js';

describe('the global assertion', () => {
  const planted = { name: 'planted', value: canary('X') };
  const finds = (value: unknown) => assert.throws(() => assertG([planted], { here: value }), /planted \(.*\) in here/);

  it('finds nothing without a secret', () => {
    assertG([planted], { here: ['EXAMPLE-CANARY-X-', new AppError('forbidden', { status: 403 }), undefined] });
  });

  for (const form of formsOf(planted.value).keys())
    it(`finds what is ${form}`, () => {
      finds(`… ${formsOf(planted.value).get(form) ?? ''} …`);
    });

  it('finds base64 of a longer text, wherever the secret begins in it', () => {
    for (const before of ['', 'a', 'ab', 'abc', 'client:'])
      for (const after of ['', 'a', 'ab'])
        for (const encoding of ['base64', 'base64url'] as const)
          finds(Buffer.from(before + planted.value + after).toString(encoding));
  });

  it('finds what errors hold, however deep', () => {
    const cause = Object.assign(new Error('no'), { request: { headers: [['authorization', `Bearer ${planted.value}`]] } });
    finds(new AppError('unreachable', {}, new Error('outer', { cause })));
    finds(new AppError('unreachable', { detail: planted.value }));
    finds(new Error(planted.value));
    finds(Object.defineProperty(new Error('hidden'), 'body', { enumerable: false, value: planted.value }));
    finds(Object.assign(new Error('stack'), { stack: planted.value }));
  });

  it('finds what values hold, in properties, maps, bytes and behind toJSON', () => {
    finds({ a: [{ b: new Map([['c', planted.value]]) }] });
    finds({ body: Buffer.from(planted.value) });
    finds({ toJSON: () => planted.value });
  });

  it('looks at the environment and the arguments by itself', () => {
    process.env['EXAMPLE_PLANTED'] = planted.value;
    assert.throws(() => assertG([planted], {}), /in the environment/);
    delete process.env['EXAMPLE_PLANTED'];
    process.argv.push(`--token=${planted.value}`);
    assert.throws(() => assertG([planted], {}), /in the arguments/);
    process.argv.pop();
    assertG([planted], {});
  });

  it('fails if there is nothing to look for', () => {
    assert.throws(() => assertG([], {}), /nothing to look for/);
  });
});
