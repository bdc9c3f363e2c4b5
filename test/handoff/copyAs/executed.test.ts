import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { copyForms } from '../../../src/handoff/copyAs/forms.js';
import { UnquotableError, type CommandRequest } from '../../../src/handoff/copyAs/request.js';
import fc from '../../support/properties.js';
import { hostile, sendable } from './requests.js';

const run = promisify(execFile);
/** Whether a program can be started here. */
const isThere = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

/** A request as it arrived. */
interface Arrived {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

const CONTROL = ['\n', '\r', '\t', '\x01', '\x1b', '\x7f'];

describe('A copied command, when it is run', () => {
  let server: Server;
  let origin: string;
  let arrived: Arrived[];

  before(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url, rawHeaders } = request;
        arrived.push({ method, url, rawHeaders, body: Buffer.concat(chunks).toString() });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    arrived = [];
  });

  /** What must arrive of a request: its own headers, and a type only if it has one. */
  function assertArrived(one: Arrived | undefined, { method, url, headers, body }: CommandRequest): void {
    assert.ok(one, 'a request arrived');
    const pairs = one.rawHeaders.flatMap((name, at, all) => (at % 2 === 0 ? [[name.toLowerCase(), all[at + 1]] as const] : []));
    const valuesOf = (name: string) => pairs.flatMap(([other, value]) => (other === name.toLowerCase() ? [value] : []));
    // HTTPie encodes brackets, which is the same URL.
    const target = one.url?.replaceAll(/%5[BD]/g, decodeURIComponent);
    assert.deepEqual([one.method, target, one.body], [method, url.slice(origin.length), body ?? '']);
    for (const { name, value } of headers) assert.deepEqual(valuesOf(name), [value], name);
    if (body !== undefined && !headers.some(({ name }) => name === 'Content-Type'))
      assert.deepEqual(valuesOf('Content-Type'), []);
  }

  const samples = (count: number, control: readonly string[]): CommandRequest[] =>
    fc.sample(sendable(hostile(control)), { numRuns: count }).map((made) => made(origin));

  /** The requests that a form can express, and their commands. */
  function written(
    form: (request: CommandRequest) => string,
    all: readonly CommandRequest[],
  ): (readonly [CommandRequest, string])[] {
    return all.flatMap((one) => {
      try {
        return [[one, form(one)] as const];
      } catch (error) {
        if (error instanceof UnquotableError) return [];
        throw error;
      }
    });
  }

  async function runs(
    shell: readonly [string, ...string[]],
    form: (request: CommandRequest) => string,
    all: readonly CommandRequest[],
  ) {
    const expressed = written(form, all);
    assert.ok(expressed.length * 2 > all.length, 'most requests can be expressed');
    const [program, ...options] = shell;
    const child = run(program, options, { maxBuffer: 2 ** 24 });
    child.child.stdin?.end(expressed.map(([, command]) => `${command}\n`).join(''));
    const { stderr } = await child;
    assert.equal(arrived.length, expressed.length, stderr);
    for (const [at, [one]] of expressed.entries()) assertArrived(arrived[at], one);
  }

  (isThere('bash') && isThere('curl') ? it : it.skip)('sends the request from bash with cURL (skipped without both)', () =>
    runs(['bash', '--norc'], (one) => `${copyForms['curl-bash'](one)} --silent --max-time 30`, samples(80, CONTROL)),
  );

  (isThere('bash') && isThere('http') ? it : it.skip)('sends the request from bash with HTTPie (skipped without both)', () =>
    runs(['bash', '--norc'], (one) => `${copyForms.httpie(one)} --timeout 30`, samples(12, CONTROL)),
  );

  (isThere('pwsh') ? it : it.skip)('sends the request from PowerShell with Invoke-RestMethod (skipped without pwsh)', () =>
    runs(['pwsh', '-NoProfile', '-NonInteractive', '-Command', '-'], copyForms['invoke-restmethod'], samples(40, ['\n', '\t'])),
  );
});
