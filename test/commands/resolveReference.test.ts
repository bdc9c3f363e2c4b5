import assert from 'node:assert/strict';
import '../support/vscode.js';
import { referenceSource } from '../../src/commands/access/resolveReference.js';
import { AppError } from '../../src/base/errors.js';
import { HostConsents } from '../../src/tenants/hostConsents.js';
import { ProductionConsents } from '../../src/tenants/productionConsents.js';
import type { Confirmation } from '../../src/views/prompter.js';
import { readTenants } from '../../src/tenants/tenants.js';
import { ACME } from '../support/acme.js';

const NAME = 'TENANT_TOKEN_ACME';

describe('Resolving references for httpYac', () => {
  /** The parts that resolve references, with a person who gives one answer to each question. */
  function sourceFor(
    answer: unknown,
    access: () => Promise<unknown> = () => Promise.resolve({ token: 'EXAMPLE' }),
    settings: object = {},
  ) {
    const questions: Confirmation<unknown>[] = [];
    const referred = { tenant: readTenants([{ ...ACME, ...settings }])[0]?.tenant, token: { id: 'EXAMPLE-ID', name: 'laptop' } };
    const services = {
      names: { find: () => referred },
      consents: new HostConsents(),
      production: new ProductionConsents(),
      tenants: { isInSettings: () => true },
      broker: { access },
      refresher: { used: () => undefined },
      active: { set: () => Promise.resolve() },
      prompter: {
        confirm: (question: Confirmation<unknown>) => {
          questions.push(question);
          return Promise.resolve(answer);
        },
        progress: (_: string, work: (signal: AbortSignal) => unknown) => work(new AbortController().signal),
      },
    } as unknown as Parameters<typeof referenceSource>[0];
    return { source: referenceSource(services), questions };
  }

  it('fails with what the exchange failed with, so that httpYac can name it', async () => {
    const { source } = sourceFor(undefined, () => Promise.reject(new AppError('unreachable', { host: 'a.example' })));
    await assert.rejects(source.access(NAME), (error: unknown) => error instanceof AppError && error.code === 'unreachable');
  });

  it('asks once a session for those who can read along, by the options that let them', async () => {
    const { source, questions } = sourceFor('once');
    const host = 'a.example';
    const readers = [{ host }, { host, options: ['socketPath', 'https.pfx'] }, { host: 'proxy.example:3128' }];
    assert.equal(await source.confirmSending(NAME, readers, 'GET'), true);
    assert.equal(await source.confirmSending(NAME, readers, 'GET'), true);
    assert.equal(questions.length, 1);
    const { detail = '', options = [] } = questions[0] ?? {};
    assert.match(detail, /anyone on the way to a\.example, or in its place \(httpYac’s options: socketPath, https\.pfx\)/);
    assert.match(detail, /proxy\.example:3128/);
    // The first says no, for whoever presses Enter. The settings have a place for hosts only.
    assert.deepEqual(
      options.map(({ value }) => value),
      [undefined, 'once'],
    );
    assert.equal(await source.confirmSending(NAME, [{ host, options: ['agent'] }], 'GET'), true);
    assert.equal(questions.length, 2);
  });

  it('asks once a session before a token of a production tenant goes with a request that may change something', async () => {
    const { host } = new URL(ACME.url);
    for (const answer of [undefined, true]) {
      const { source, questions } = sourceFor(answer, undefined, { production: true });
      for (const method of ['GET', 'HEAD']) assert.equal(await source.confirmSending(NAME, [{ host }], method), true);
      assert.equal(questions.length, 0);
      for (let time = 0; time < 2; time++) assert.equal(await source.confirmSending(NAME, [{ host }], 'DELETE'), answer === true);
      assert.equal(questions.length, answer ? 1 : 2);
      assert.equal(questions[0]?.message, 'Acme is a production tenant. Send a DELETE request to it?');
    }
  });

  it('says no when the person cancels', async () => {
    const { source } = sourceFor(undefined);
    assert.equal(await source.confirmSending(NAME, [{ host: 'other.example' }], 'GET'), false);
  });
});
