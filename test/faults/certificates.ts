import { generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';

const DAY_MS = 24 * 3600 * 1000;

/** A certificate with its key, in PEM, as `node:tls` takes them. */
export interface Certificate {
  readonly name: string;
  readonly cert: string;
  readonly key: string;
}

interface Wanted {
  /** The issuer; undefined: self-signed. */
  readonly issuer?: Certificate | undefined;
  /** Days from now. */
  readonly from?: number;
  readonly to?: number;
  /** Whether it may sign others. */
  readonly isAuthority?: boolean;
}

/** A throw-away certificate (RFC 5280) for a host name. */
export function certificate(name: string, { issuer, from = -1, to = 1, isAuthority = false }: Wanted = {}): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = pem('PRIVATE KEY', privateKey.export({ type: 'pkcs8', format: 'der' }));
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    commonName(issuer?.name ?? name),
    sequence(time(from), time(to)),
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...(isAuthority ? [AUTHORITY] : [alternativeName(name)]))),
  );
  const signer: KeyObject | string = issuer?.key ?? privateKey;
  const signature = tagged(0x03, Buffer.from([0]), sign('sha256', body, signer));
  return { name, key, cert: pem('CERTIFICATE', sequence(body, ECDSA_WITH_SHA256, signature)) };
}

export const authority = (name = 'Example Authority'): Certificate => certificate(name, { isAuthority: true });

/** The SHA-256 of a certificate, in hex with colons. */
export const fingerprintOf = ({ cert }: Certificate): string => new X509Certificate(cert).fingerprint256;

function tagged(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return tagged(0x30, ...contents);
}

function integer(value: Buffer): Buffer {
  return tagged(0x02, value);
}

function oid(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
/** Critical basic constraints: an authority. */
const AUTHORITY = sequence(
  oid('551d13'),
  tagged(0x01, Buffer.from([0xff])),
  tagged(0x04, sequence(tagged(0x01, Buffer.from([0xff])))),
);

function alternativeName(host: string): Buffer {
  const address = /^[\d.]+$/.test(host);
  const name = address ? tagged(0x87, Buffer.from(host.split('.').map(Number))) : tagged(0x82, Buffer.from(host));
  return sequence(oid('551d11'), tagged(0x04, sequence(name)));
}

function commonName(name: string): Buffer {
  return sequence(tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from(name)))));
}

/** GeneralizedTime. */
function time(days: number): Buffer {
  return tagged(0x18, Buffer.from(`${new Date(Date.now() + days * DAY_MS).toISOString().replace(/[-:T]|\.\d+Z/g, '')}Z`));
}

function pem(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
}
