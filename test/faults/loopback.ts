import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { Certificate } from './certificates.js';

/** What a server does with a connection after a complete request: answer, wait, or break off. */
export type Script = (socket: Socket, request: string) => void;

/** A misbehaving service or proxy on this machine. */
export interface Loopback {
  readonly port: number;
  /** All received data, decrypted, one text for each connection. */
  readonly received: readonly string[];
  /** Resolves when no connection is open. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

interface Options {
  /** The certificate for TLS, with further TLS options. */
  readonly tls?: (Certificate & TlsOptions) | undefined;
  /** Acts on a new connection, before TLS and without waiting for a request. */
  readonly onConnect?: (socket: Socket) => void;
}

/** Starts a server that follows a script for each request. */
export async function serve(script: Script, { tls, onConnect }: Options = {}): Promise<Loopback> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const converse = (socket: Socket): void => {
    const index = received.push('') - 1;
    let isComplete = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received[index] = (received[index] ?? '') + chunk.toString('latin1');
      if (isComplete || !isWhole(received[index])) return;
      isComplete = true;
      script(socket, received[index]);
    });
  };
  const server: Server = tls ? createTlsServer(tls, converse) : createServer(converse);
  server.on('tlsClientError', () => undefined);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    onConnect?.(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    received,
    async idle() {
      await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Whether the head and the announced body have arrived. */
function isWhole(request: string): boolean {
  const end = request.indexOf('\r\n\r\n');
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(request)?.[1] ?? 0);
  return end >= 0 && request.length >= end + 4 + length;
}

export function response(status: number, body: string | Buffer, headers: Readonly<Record<string, string | number>> = {}): Buffer {
  const lines = Object.entries({ 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers });
  const head = [`HTTP/1.1 ${status} Reason`, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}

/** Answers and closes the connection. */
export function answers(status: number, body: string | Buffer, headers?: Readonly<Record<string, string | number>>): Script {
  return (socket) => void socket.end(response(status, body, headers));
}

/** Sends a text, and then a byte at a time for as long as somebody reads. */
export function drips(beginning: string, everyMs: number): Script {
  return (socket) => {
    socket.write(beginning);
    const timer = setInterval(() => socket.write('x'), everyMs);
    socket.on('close', () => clearInterval(timer));
  };
}

/** A proxy that tunnels to a service on this machine, whatever the requested name. */
export function tunnelsTo(service: { readonly port: number }, authorization?: string): Script {
  return (socket, request) => {
    const given = /\r\nproxy-authorization: (.*)\r\n/i.exec(request)?.[1];
    if (authorization !== undefined && given !== authorization) {
      socket.end(response(407, '', { 'proxy-authenticate': 'Basic realm="EXAMPLE"' }));
      return;
    }
    const upstream = connect(service.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  };
}
