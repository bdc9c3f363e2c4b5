import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import type * as Tls from 'node:tls';
import type { SecureContext } from 'node:tls';
import { AppError } from '../errors.js';

/** Which certificate authorities connections trust. The contexts are shared: reading hundreds of authorities blocks the host. */
export class Trust {
  #node: SecureContext | undefined;
  #system: SecureContext | undefined;

  /** Node's authorities, and with `withSystem` those of the machine. */
  usual(withSystem: boolean): SecureContext {
    return withSystem ? (this.#system ??= systemContext()) : (this.#node ??= context());
  }

  /** The authorities in a tenant's file and no others. Read for each request: people mend such files. @throws AppError `tenant-invalid` */
  async only(caFile: string): Promise<SecureContext> {
    const pem = await readFile(caFile, 'utf8').catch(() => undefined);
    if (pem === undefined) throw new AppError('tenant-invalid', { problem: `caFile ${caFile} cannot be read` });
    // OpenSSL takes what is no certificate without a word, and trusts nobody.
    if (!isCertificate(pem)) throw new AppError('tenant-invalid', { problem: `caFile ${caFile} holds no certificate in PEM` });
    return context([pem]);
  }
}

/** Each authority once, without those that have expired: beside a valid one of the same name they make chains fail. */
export function currentAuthorities(certificates: readonly string[], now: number): string[] {
  return [...new Set(certificates)].filter((pem) => isCertificate(pem, now));
}

/** @param now leaves out what has ended by then, epoch ms */
function isCertificate(pem: string, now = -Infinity): boolean {
  try {
    return Date.parse(new X509Certificate(pem).validTo) > now;
  } catch {
    return false;
  }
}

function systemContext(): SecureContext {
  const { getCACertificates } = tls();
  return context(currentAuthorities([...getCACertificates('default'), ...getCACertificates('system')], Date.now()));
}

/** The version has to be said here: connections that are given a context do not look at theirs. */
function context(ca?: string[]): SecureContext {
  return tls().createSecureContext({ minVersion: 'TLSv1.2', ...(ca && { ca }) });
}

/** Loaded with the first request: activation touches no module of the network. */
function tls(): typeof Tls {
  return process.getBuiltinModule('node:tls');
}
