import { createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import type * as Tls from 'node:tls';
import type { SecureContext, SecureContextOptions } from 'node:tls';
import { AppError } from '../base/errors.js';
import type { TenantTls } from './http.js';

type FileSetting = 'caFile' | 'clientCertificateFile' | 'clientKeyFile';

/**
 * Builds the TLS contexts: which authorities connections trust, and which client certificate they present. Contexts without
 * a tenant's own files are shared, because loading hundreds of authorities blocks the extension host.
 */
export class Trust {
  #node: SecureContext | undefined;
  #system: SecureContext | undefined;
  #systemAuthorities: string[] | undefined;

  /** Trusts Node's authorities, and with `withSystem` those of the machine too. */
  usual(withSystem: boolean): SecureContext {
    return withSystem ? (this.#system ??= context(this.#authorities(true))) : (this.#node ??= context({}));
  }

  /**
   * Like {@link usual}, but with the tenant's own files: only the authorities in its file, and its client certificate. Reads
   * the files for each request, because people may correct them.
   * @throws AppError `tenant-invalid` with the file and the problem, but none of its content
   */
  async of({ caFile, clientCertificateFile, clientKeyFile }: TenantTls, withSystem: boolean): Promise<SecureContext> {
    const authorities = caFile === undefined ? undefined : { ca: [await readAuthorities(caFile)] };
    const identity = await readIdentity(clientCertificateFile, clientKeyFile);
    if (!authorities && !identity) return this.usual(withSystem);
    try {
      return context({ ...(authorities ?? this.#authorities(withSystem)), ...identity });
    } catch (error) {
      // A well-formed certificate may still have a key that is too weak for TLS.
      const problem = `cannot be used (${String((error as { code?: unknown }).code)})`;
      throw identity ? invalid('clientCertificateFile', clientCertificateFile, problem) : invalid('caFile', caFile, problem);
    }
  }

  #authorities(withSystem: boolean): SecureContextOptions {
    return withSystem ? { ca: (this.#systemAuthorities ??= systemAuthorities()) } : {};
  }
}

/** Drops duplicate and expired authorities. An expired one beside a valid one of the same name makes chains fail. */
export function currentAuthorities(certificates: readonly string[], now: number): string[] {
  return [...new Set(certificates)].filter((pem) => Date.parse(parseCertificate(pem)?.validTo ?? '') > now);
}

/** SHA-256 digests of files, in hex, by the settings that name them. */
export type CertificateDigests = Readonly<Partial<Record<'caFile' | 'clientCertificateFile', string>>>;

/** Computes the digests of a tenant's certificate files. Rejects with AppError `tenant-invalid`. */
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
  // OpenSSL silently accepts a file without a certificate, and then trusts nothing.
  if (!parseCertificate(pem)) throw invalid('caFile', caFile, 'holds no certificate in PEM');
  return pem;
}

/** Reads the client certificate with its key; both may be in one file. */
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

/** The first certificate in a text. */
function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** The first key in a text. Drops the error, which may quote the key. */
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

/** The minimum version must be set here: a connection with a context ignores its own option. */
function context(options: SecureContextOptions): SecureContext {
  return tls().createSecureContext({ minVersion: 'TLSv1.2', ...options });
}

/** Loaded with the first request, so that activation loads no network module. */
function tls(): typeof Tls {
  return process.getBuiltinModule('node:tls');
}
