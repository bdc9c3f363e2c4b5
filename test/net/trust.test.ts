import assert from 'node:assert/strict';
import { currentAuthorities } from '../../src/net/trust.js';
import { certificate } from '../faults/certificates.js';

describe('the authorities of the machine', () => {
  it('are used once each, without expired and invalid ones', () => {
    const valid = certificate('Valid', { isAuthority: true }).cert;
    const expired = certificate('Expired', { isAuthority: true, from: -2, to: -1 }).cert;
    assert.deepEqual(currentAuthorities([valid, expired, 'EXAMPLE', valid], Date.now()), [valid]);
  });
});
