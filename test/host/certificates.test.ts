import assert from 'node:assert/strict';
import type { Notification } from '../workbench/workbench.js';
import { certificate, fingerprintOf } from '../faults/certificates.js';
import { answers, serve, type Loopback } from '../faults/loopback.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, choose, reply, rowSaying, TENANTS, tenantsIn } from './support/entering.js';

const SECRET = 'EXAMPLE-CLIENT-SECRET';

describe(`certificates (${mode})`, () => {
  const ofTheService = certificate('localhost');
  const fingerprint = fingerprintOf(ofTheService);
  let service: Loopback;
  const tenant = (change: Readonly<Record<string, string>> = {}) => ({
    id: 'acme',
    name: 'Acme',
    platform: 'oauth2',
    tokenUrl: `https://localhost:${service.port}/token`,
    grant: 'client_credentials',
    clientId: 'acme',
    ...change,
  });
  const editor = useEditor(async () => {
    const answer = { access_token: 'EXAMPLE-ACCESS-TOKEN', token_type: 'Bearer', expires_in: 3600 };
    service = await serve(answers(200, JSON.stringify(answer)), { tls: ofTheService });
    return { settings: { [TENANTS]: [tenant()] } };
  });
  const laptop = ['Acme', 'Laptop'];
  before(async () => {
    await editor().openView();
    await addToken(editor(), 'Acme', 'Laptop', SECRET);
  });
  after(() => service.stop());
  afterEach(() => editor().clearNotifications());

  const setTenant = (change?: Readonly<Record<string, string>>) => editor().changeSettings({ [TENANTS]: [tenant(change)] });
  const sent = (): string => service.received.join('');
  const requests = (): number => service.received.filter(Boolean).length;
  async function error(pattern: RegExp): Promise<Notification> {
    await editor().notification(pattern);
    return (await editor().notifications()).find(({ text }) => pattern.test(text))!;
  }
  const REFUSED = /^The certificate of localhost:\d+ is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\), so nothing was sent\./;

  it('that is not trusted is shown with its fingerprint, and neither Cancel nor Enter trusts it', async () => {
    await editor().inlineAction(laptop, 'Exchange');
    assert.deepEqual((await error(REFUSED)).buttons, ['Edit Tenant', 'Trust Certificate…']);
    await rowSaying(editor(), laptop, /^certificate not trusted$/);
    await editor().notificationButton(REFUSED, 'Trust Certificate…');
    const { message, detail, buttons } = await editor().dialog();
    assert.equal(message, `Trust the certificate of localhost:${service.port}?`);
    for (const words of [`SHA-256 fingerprint: ${fingerprint}`, 'For: CN=localhost', 'Issued by: CN=localhost'])
      assert.ok(detail.includes(words), detail);
    assert.match(detail, /Not trusted because it has signed itself\./);
    assert.match(detail, /administrator/);
    assert.deepEqual([...buttons].sort(), ['Cancel', 'Copy Fingerprint', 'Trust This Certificate']);
    await editor().dialogButton('Cancel');

    await editor().contextMenu('Acme', 'Trust Certificate…');
    await editor().dialog();
    await editor().page.keyboard.press('Enter');
    await editor().statusBar(/Fingerprint copied/);
    assert.equal(await editor().clipboard(), fingerprint);
    assert.deepEqual(tenantsIn(editor()), [tenant()]);
    assert.equal(sent(), '', 'something was sent to a service that is not trusted');
  });

  it('is pinned by the person, and the exchange works', async () => {
    await editor().inlineAction(laptop, 'Exchange');
    await editor().notificationButton(REFUSED, 'Trust Certificate…');
    await editor().dialogButton('Trust This Certificate');
    const DONE = /^Acme is recognized by this certificate from now on\./;
    await editor().notification(DONE);
    assert.deepEqual(tenantsIn(editor()), [tenant({ pinnedCertificate: fingerprint })]);
    assert.equal(sent(), '');
    await editor().notificationButton(DONE, 'Try Again');
    await rowSaying(editor(), laptop, / left$/);
    assert.equal(requests(), 1);
    assert.match(sent(), /^POST \/token HTTP/);
  });

  it('that is another than the pinned one is told with both fingerprints', async () => {
    const other = fingerprintOf(certificate('localhost'));
    await setTenant({ pinnedCertificate: other });
    const before = requests();
    await editor().inlineAction(laptop, 'Exchange');
    const CHANGED = /^The certificate of localhost:\d+ is not the one that you trust, so nothing was sent\./;
    const { text, buttons } = await error(CHANGED);
    assert.ok(text.includes(`You trust ${other}; presented was ${fingerprint}.`), text);
    assert.deepEqual(buttons, ['Trust Certificate…', 'Edit Tenant']);
    assert.equal(requests(), before);
    await editor().notificationButton(CHANGED, 'Trust Certificate…');
    const { message, detail } = await editor().dialog();
    assert.match(message, /^The certificate of localhost:\d+ has changed\. Trust the new one\?$/);
    assert.ok(detail.includes(`Trusted until now: ${other}`), detail);
    await editor().dialogButton('Trust This Certificate');
    await editor().notification(/^Acme is recognized by this certificate/);
    await editor().clearNotifications();

    await editor().contextMenu('Acme', 'Trust Certificate…');
    await editor().notificationButton(/^The certificate of localhost:\d+ is the one that you trust\./, 'Try Again');
    await editor().notification(/^Acme works/);
  });

  it('is forgotten when the pin is emptied', async () => {
    await setTenant({ pinnedCertificate: fingerprint });
    await editor().contextMenu('Acme', 'Edit Tenant…');
    await reply(editor(), choose('Pinned certificate'), 'EXAMPLE');
    await editor().inputMessage(/^Pinned certificate must be a SHA-256 fingerprint/);
    await reply(editor(), '');
    await editor().prompt();
    await editor().escape();
    assert.deepEqual(tenantsIn(editor()), [tenant()]);
    const before = requests();
    await editor().inlineAction(laptop, 'Exchange');
    await error(REFUSED);
    assert.equal(requests(), before);
  });

  it('says why a client certificate cannot be used', async () => {
    await setTenant({ pinnedCertificate: fingerprint, clientCertificateFile: '/no/such/file.pem' });
    const before = requests();
    await editor().inlineAction(laptop, 'Exchange');
    const { buttons } = await error(
      /^The settings of Acme need a correction: clientCertificateFile \/no\/such\/file\.pem cannot be read\.$/,
    );
    assert.deepEqual(buttons, ['Open Settings']);
    assert.equal(requests(), before);
  });
});
