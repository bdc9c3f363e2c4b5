import assert from 'node:assert/strict';
import { certificate, fingerprintOf } from '../faults/certificates.js';
import { answers, serve, type Loopback } from '../faults/loopback.js';
import { mode, useEditor } from './support/editor.js';
import { FIRST, rowSaying, TENANTS, tenantsIn } from './support/entering.js';
import { tenantOf } from './support/ownService.js';

/** One walk; all else that is asked about certificates is tested in test/commands. */
describe(`certificates (${mode})`, () => {
  const ofTheService = certificate('localhost');
  const fingerprint = fingerprintOf(ofTheService);
  let service: Loopback;
  const tenant = () => tenantOf({ origin: `https://localhost:${service.port}` }, 'acme', 'Acme');
  const editor = useEditor(async () => {
    const answer = { access_token: 'EXAMPLE-ACCESS-TOKEN', token_type: 'Bearer', expires_in: 3600 };
    service = await serve(answers(200, JSON.stringify(answer)), { tls: ofTheService });
    return { settings: { [TENANTS]: [tenant()] } };
  });
  before(() => editor().openView());
  after(() => service.stop());

  const sent = (): string => service.received.join('');

  it('one that is not trusted is shown with its fingerprint, not trusted by Enter, and then trusted by the person', async () => {
    const laptop = ['Acme', FIRST];
    const REFUSED = /^The certificate of localhost:\d+ is self-signed, so nothing was sent\./;
    await editor().inlineAction('Acme', 'Add API Token…');
    await editor().answer('EXAMPLE-CLIENT-SECRET');
    await rowSaying(editor(), laptop, /^certificate not trusted$/);
    await editor().notificationButton(REFUSED, 'Trust Certificate…');
    const { message, detail, buttons } = await editor().dialog();
    assert.equal(message, `Trust the certificate of localhost:${service.port}?`);
    assert.ok(detail.includes(`SHA-256 fingerprint: ${fingerprint}`), detail);
    assert.deepEqual([...buttons].sort(), ['Cancel', 'Copy Fingerprint', 'Trust This Certificate']);
    await editor().page.keyboard.press('Enter');
    await editor().statusBar(/Fingerprint copied/);
    assert.equal(await editor().clipboard(), fingerprint);
    assert.deepEqual(tenantsIn(editor()), [tenant()]);

    await editor().contextMenu('Acme', 'Trust Certificate…');
    assert.equal(sent(), '', 'something was sent to a service that was not trusted');
    await editor().dialogButton('Trust This Certificate');
    // What has failed is tried again.
    await rowSaying(editor(), laptop, / left$/);
    assert.deepEqual(tenantsIn(editor()), [{ ...tenant(), pinnedCertificate: fingerprint }]);
    assert.match(sent(), /^POST \/token HTTP/);
  });
});
