import assert from 'node:assert/strict';
import { currentAuthorities } from '../../src/net/trust.js';
import { certificate } from '../faults/certificates.js';

describe('the authorities of the machine', () => {
  it('are taken once each, without those that have expired and what is none', () => {
    const valid = certificate('Valid', { isAuthority: true }).cert;
    const expired = certificate('Expired', { isAuthority: true, from: -2, to: -1 }).cert;
    assert.deepEqual(currentAuthorities([valid, expired, 'EXAMPLE', valid], Date.now()), [valid]);
  });
});
