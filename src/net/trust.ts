import { createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import type * as Tls from 'node:tls';
import type { SecureContext, SecureContextOptions } from 'node:tls';
import { AppError } from '../base/errors.js';
import type { TenantTls } from './http.js';

type FileSetting = 'caFile' | 'clientCertificateFile' | 'clientKeyFile';

/**
 * Which certificate authorities connections trust, and which certificate they show. The contexts without anything of a tenant
 * are shared: reading hundreds of authorities blocks the host.
 */
export class Trust {
  #node: SecureContext | undefined;
  #system: SecureContext | undefined;
  #systemAuthorities: string[] | undefined;

  /** Node's authorities, and with `withSystem` those of the machine. */
  usual(withSystem: boolean): SecureContext {
    return withSystem ? (this.#system ??= context(this.#authorities(true))) : (this.#node ??= context({}));
  }

  /**
   * {@link usual}, with what the tenant has of its own: the authorities in its file and no others, and the certificate that its
   * clients show. The files are read for each request: people mend them.
   * @throws AppError `tenant-invalid`, which says what is wrong with which file and quotes nothing of it
   */
  async of({ caFile, clientCertificateFile, clientKeyFile }: TenantTls, withSystem: boolean): Promise<SecureContext> {
    const authorities = caFile === undefined ? undefined : { ca: [await readAuthorities(caFile)] };
    const identity = await readIdentity(clientCertificateFile, clientKeyFile);
    if (!authorities && !identity) return this.usual(withSystem);
    try {
      return context({ ...(authorities ?? this.#authorities(withSystem)), ...identity });
    } catch (error) {
      // TLS wants stronger keys than certificates may have.
      const problem = `cannot be used (${String((error as { code?: unknown }).code)})`;
      throw identity ? invalid('clientCertificateFile', clientCertificateFile, problem) : invalid('caFile', caFile, problem);
    }
  }

  #authorities(withSystem: boolean): SecureContextOptions {
    return withSystem ? { ca: (this.#systemAuthorities ??= systemAuthorities()) } : {};
  }
}

/** Each authority once, without those that have expired: beside a valid one of the same name they make chains fail. */
export function currentAuthorities(certificates: readonly string[], now: number): string[] {
  return [...new Set(certificates)].filter((pem) => Date.parse(parseCertificate(pem)?.validTo ?? '') > now);
}

/** The SHA-256 of files, in hex, by the settings that name them. */
export type CertificateDigests = Readonly<Partial<Record<'caFile' | 'clientCertificateFile', string>>>;

/** Reads the files that say whom a tenant trusts and who its clients are. Rejects with AppError `tenant-invalid`. */
export type ReadDigests = (tls: TenantTls) => Promise<CertificateDigests>;

export const readDigests: ReadDigests = async ({ caFile, clientCertificateFile }) => {
  return {
    ...(caFile !== undefined && { caFile: digest(await read('caFile', caFile)) }),
    ...(clientCertificateFile !== undefined && {
      clientCertificateFile: digest(await read('clientCertificateFile', clientCertificateFile)),
    }),
  };
};

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

async function readAuthorities(caFile: string): Promise<string> {
  const pem = await read('caFile', caFile);
  // OpenSSL takes what is no certificate without a word, and trusts nobody.
  if (!parseCertificate(pem)) throw invalid('caFile', caFile, 'holds no certificate in PEM');
  return pem;
}

/** The certificate that the tenant's clients show, with its key; both may stand in one file. */
async function readIdentity(
  clientCertificateFile: string | undefined,
  clientKeyFile: string | undefined,
): Promise<{ cert: string; key: string } | undefined> {
  if (clientCertificateFile === undefined) {
    if (clientKeyFile === undefined) return undefined;
    throw invalid('clientKeyFile', clientKeyFile, 'needs the certificate of the key: name it as clientCertificateFile');
  }
  const keySetting = clientKeyFile === undefined ? 'clientCertificateFile' : 'clientKeyFile';
  const keyFile = clientKeyFile ?? clientCertificateFile;
  const cert = await read('clientCertificateFile', clientCertificateFile);
  const key = clientKeyFile === undefined ? cert : await read('clientKeyFile', clientKeyFile);
  const certificate = parseCertificate(cert);
  if (!certificate) throw invalid('clientCertificateFile', clientCertificateFile, 'holds no certificate in PEM');
  if (/-BEGIN ENCRYPTED PRIVATE KEY-|^Proc-Type: 4,ENCRYPTED/m.test(key))
    throw invalid(keySetting, keyFile, 'holds a key with a passphrase: save it without one, readable by you alone');
  const privateKey = parseKey(key);
  if (!privateKey) throw invalid(keySetting, keyFile, 'holds no private key in PEM');
  if (!certificate.checkPrivateKey(privateKey))
    throw invalid(keySetting, keyFile, 'holds a key that does not belong to the certificate in clientCertificateFile');
  return { cert, key };
}

async function read(setting: FileSetting, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw invalid(setting, file, 'cannot be read');
  }
}

function invalid(setting: FileSetting, file: string | undefined, problem: string): AppError {
  return new AppError('tenant-invalid', { problem: `${setting} ${file ?? ''} ${problem}` });
}

/** The first certificate of a text. */
function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** The first key of a text. The error is dropped: it is about a secret. */
function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function systemAuthorities(): string[] {
  const { getCACertificates } = tls();
  return currentAuthorities([...getCACertificates('default'), ...getCACertificates('system')], Date.now());
}

/** The version has to be said here: connections that are given a context do not look at theirs. */
function context(options: SecureContextOptions): SecureContext {
  return tls().createSecureContext({ minVersion: 'TLSv1.2', ...options });
}

/** Loaded with the first request: activation touches no module of the network. */
function tls(): typeof Tls {
  return process.getBuiltinModule('node:tls');
}
