import assert from 'node:assert/strict';
import { certificate, fingerprintOf } from '../faults/certificates.js';
import { answers } from '../faults/loopback.js';
import { CANCEL, ENTER } from '../support/scriptedPrompter.js';
import { editor } from '../support/vscode.js';
import { tenantOf } from '../host/support/ownService.js';
import { inWorld, type World } from '../support/world.js';

/** A service whose certificate has signed itself, a tenant of it, and a token. @param change of the tenant */
async function open(world: World, change: Readonly<Record<string, string>> = {}) {
  const own = certificate('localhost');
  const fingerprint = fingerprintOf(own);
  const service = await world.service(answers(200, world.good), { tls: own });
  const extension = await world.start();
  const tenant = (more: Readonly<Record<string, string>> = {}) => ({
    ...tenantOf({ origin: `https://localhost:${service.port}` }, 'acme', 'Acme'),
    ...more,
  });
  extension.tenants = [tenant(change)];
  const token = await extension.addToken('acme', 'Laptop', world.canaries.clientSecret);
  const { prompter, run } = extension;
  const sent = () => service.received.filter(Boolean);
  const row = () => extension.row('Acme', 'Laptop');
  return { extension, prompter, run, token, tenant, fingerprint, sent, row, host: `localhost:${service.port}` };
}

describe('A certificate', () => {
  const REFUSED = /^The certificate of localhost:\d+ is self-signed, so nothing was sent\./;
  const PINNED = 'Acme is recognized by this certificate from now on';

  it(
    'that is not trusted is shown with its fingerprint, and neither Cancel nor Enter trusts it',
    inWorld(async (world) => {
      const { extension, prompter, run, token, tenant, fingerprint, sent, row, host } = await open(world);
      const question = `Trust the certificate of ${host}?`;
      prompter.when(REFUSED, 'Trust Certificate…').when(question, CANCEL, ENTER);
      await run('exchange', { token });
      assert.deepEqual(prompter.question(REFUSED).labels, ['Trust Certificate…', 'Edit Tenant']);
      assert.equal((await row()).description, 'certificate not trusted');
      const { text, labels, active } = prompter.question(question);
      for (const words of [`SHA-256 fingerprint: ${fingerprint}`, 'For: CN=localhost', 'Issued by: CN=localhost'])
        assert.ok(text.includes(words), text);
      assert.match(text, /Not trusted because it is self-signed\./);
      assert.match(text, /administrator/);
      assert.deepEqual([labels, active], [['Copy Fingerprint', 'Trust This Certificate'], 'Copy Fingerprint']);

      await run('trustCertificate', { tenant: 'acme' });
      assert.match(prompter.texts('done').at(-1)!, /^Fingerprint copied/);
      assert.equal(editor.clipboard, fingerprint);
      assert.deepEqual(extension.tenants, [tenant()]);
      assert.deepEqual(sent(), [], 'something was sent to a service that is not trusted');
    }),
  );

  it(
    'is pinned by the person, and the exchange works',
    inWorld(async (world) => {
      const { extension, prompter, run, token, tenant, fingerprint, sent, row } = await open(world);
      prompter.when(REFUSED, 'Trust Certificate…').when(/^Trust the certificate/, () => {
        assert.deepEqual(sent(), []);
        return 'Trust This Certificate';
      });
      await run('exchange', { token });
      assert.deepEqual(extension.tenants, [tenant({ pinnedCertificate: fingerprint })]);
      assert.ok(prompter.texts('done').includes(PINNED));
      assert.match((await row()).description, / left$/);
      assert.equal(sent().length, 1);
      assert.match(sent()[0]!, /^POST \/token HTTP/);
    }),
  );

  it(
    'that differs from the pinned one is refused, and the message shows both fingerprints',
    inWorld(async (world) => {
      const other = fingerprintOf(certificate('localhost'));
      const { extension, prompter, run, token, tenant, fingerprint, sent } = await open(world, { pinnedCertificate: other });
      const changed = /^The certificate of localhost:\d+ is not the one that you trust, so nothing was sent\./;
      const question = /^The certificate of localhost:\d+ has changed\. Trust the new one\?/;
      prompter.when(changed, 'Trust Certificate…').when(question, () => {
        assert.deepEqual(sent(), []);
        return 'Trust This Certificate';
      });
      await run('exchange', { token });
      const { text, labels } = prompter.question(changed);
      assert.ok(text.includes(`Trusted: ${other}. Presented: ${fingerprint}.`), text);
      assert.deepEqual(labels, ['Trust Certificate…', 'Edit Tenant']);
      assert.ok(prompter.question(question).text.includes(`Trusted until now: ${other}`));
      assert.deepEqual(extension.tenants, [tenant({ pinnedCertificate: fingerprint })]);
      assert.equal(sent().length, 1);

      prompter.when(/^The certificate of localhost:\d+ is the one that you trust\./, 'Try Again');
      await run('trustCertificate', { tenant: 'acme' });
      assert.match(prompter.texts('info').at(-1)!, /^Acme works/);
    }),
  );

  it(
    'is forgotten when the pin is emptied',
    inWorld(async (world) => {
      const { extension, prompter, run, token, tenant, fingerprint, sent } = await open(world);
      extension.tenants = [tenant({ pinnedCertificate: fingerprint })];
      prompter.when('Choose what to change', 'Pinned certificate', CANCEL).when('Pinned certificate:', 'EXAMPLE', '');
      await run('editTenant', { tenant: 'acme' });
      assert.match(prompter.texts('problem').at(-1)!, /^Pinned certificate must be a SHA-256 fingerprint/);
      assert.deepEqual(extension.tenants, [tenant()]);
      prompter.when(REFUSED, CANCEL);
      await run('exchange', { token });
      assert.deepEqual(sent(), []);
    }),
  );

  it(
    'of the client that cannot be read is reported with its file',
    inWorld(async (world) => {
      const { prompter, run, token, sent } = await open(world, { clientCertificateFile: '/no/such/file.pem' });
      const needed = /^The settings of Acme need a correction: clientCertificateFile \/no\/such\/file\.pem cannot be read\.$/;
      prompter.when(needed, 'Open Settings');
      await run('exchange', { token });
      assert.deepEqual(prompter.question(needed).labels, ['Open Settings']);
      assert.equal(editor.executed.at(-1)?.id, 'workbench.action.openSettingsJson');
      assert.deepEqual(sent(), []);
    }),
  );
});
