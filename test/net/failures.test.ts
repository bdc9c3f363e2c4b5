import assert from 'node:assert/strict';
import { connectError, connectionError } from '../../src/net/failures.js';

describe('failures of TLS', () => {
  /** The same alerts by the names of OpenSSL before 3.5, OpenSSL and BoringSSL. */
  const rows: readonly (readonly [alert: string, expected: string, names: readonly string[]])[] = [
    [
      'certificate_required',
      'client-certificate-needed',
      ['TLSV13_ALERT_CERTIFICATE_REQUIRED', 'TLSV1_ALERT_CERTIFICATE_REQUIRED'],
    ],
    ['bad_certificate', 'client-certificate-refused', ['SSLV3_ALERT_BAD_CERTIFICATE', 'SSL/TLS_ALERT_BAD_CERTIFICATE']],
    ['unsupported_certificate', 'client-certificate-refused', ['SSLV3_ALERT_UNSUPPORTED_CERTIFICATE']],
    ['certificate_revoked', 'client-certificate-refused', ['SSLV3_ALERT_CERTIFICATE_REVOKED']],
    [
      'certificate_expired',
      'client-certificate-refused',
      ['SSLV3_ALERT_CERTIFICATE_EXPIRED', 'SSL/TLS_ALERT_CERTIFICATE_EXPIRED'],
    ],
    ['certificate_unknown', 'client-certificate-refused', ['SSLV3_ALERT_CERTIFICATE_UNKNOWN']],
    ['unknown_ca', 'client-certificate-refused', ['TLSV1_ALERT_UNKNOWN_CA']],
    ['access_denied', 'client-certificate-refused', ['TLSV1_ALERT_ACCESS_DENIED']],
  ];
  for (const [alert, expected, names] of rows)
    it(`${alert} is about the client’s certificate, within the handshake and after it`, () => {
      for (const name of names) {
        assert.equal(connectError(`ERR_SSL_${name}`, 'acme.example').code, expected);
        assert.equal(connectionError(`ERR_SSL_${name}`, 'acme.example').code, expected);
      }
    });

  it('other TLS errors sent nothing during the handshake, and are uncertain afterwards', () => {
    for (const name of [
      'SSLV3_ALERT_HANDSHAKE_FAILURE',
      'TLSV1_ALERT_PROTOCOL_VERSION',
      'UNSUPPORTED_PROTOCOL',
      'BAD_RECORD_MAC',
    ]) {
      assert.equal(connectError(`ERR_SSL_${name}`, 'acme.example').code, 'tls-failed');
      assert.equal(connectionError(`ERR_SSL_${name}`, 'acme.example').code, 'connection-lost');
    }
  });

  it('any certificate error is certificate-refused', () => {
    for (const code of [
      'CERT_REVOKED',
      'INVALID_PURPOSE',
      'INVALID_CA',
      'PATH_LENGTH_EXCEEDED',
      'HOSTNAME_MISMATCH',
      'UNSPECIFIED',
    ])
      assert.equal(connectError(code, 'acme.example').code, 'certificate-refused');
  });
});
