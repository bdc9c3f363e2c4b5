import assert from 'node:assert/strict';
import { textsIn } from '../workbench/storage.js';
import { actionLink, commandUri, documentOf, html } from '../../src/views/page.js';

const HOSTILE = `</title><img src=x onerror="alert('1')">&amp;`;

describe('pages without scripts', () => {
  it('escape what is put into them, in texts and in attributes', () => {
    const { text } = html`<p title="${HOSTILE}">${HOSTILE}</p>`;
    const escaped = '&lt;/title&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;';
    assert.equal(text, `<p title="${escaped}">${escaped}</p>`);
  });

  it('take HTML as it is, lists of it one after the other, and nothing for nothing', () => {
    const items = ['a', '<'].map((item) => html`<li>${item}</li>`);
    const list = html`<ul>
      ${items}${undefined}${false}${0}
    </ul>`;
    assert.equal(list.text.replaceAll(/\s+/g, ''), '<ul><li>a</li><li>&lt;</li>0</ul>');
  });

  it('let no character turn the direction of what follows', () => {
    assert.equal(html`${'a\u202Eb\u0000c\u2066'}`.text, 'a b c ');
  });

  it('load nothing and run nothing, by their policy', () => {
    const page = documentOf({ language: 'en', title: HOSTILE, nonce: 'EXAMPLE', style: 'p { margin: 0 }', body: html`<p>x</p>` });
    assert.match(page, /<meta\s+http-equiv="Content-Security-Policy"\s+content="default-src 'none'; style-src 'nonce-EXAMPLE'"/);
    assert.match(page, /<html lang="en">/);
    assert.doesNotMatch(page, /<script|<img|style="/);
    assert.equal([...page.matchAll(/<style nonce="EXAMPLE">/g)].length, 1);
  });

  it('have links that run a command with ids, and say what they are about', () => {
    const target = { tenant: 'a"b', token: '1' };
    const uri = commandUri('tenantTokens.exchange', target);
    assert.equal(uri, 'command:tenantTokens.exchange?%5B%7B%22tenant%22%3A%22a%5C%22b%22%2C%22token%22%3A%221%22%7D%5D');
    assert.deepEqual(JSON.parse(decodeURIComponent(uri.split('?')[1]!)), [target]);
    assert.equal(commandUri('tenantTokens.addTenant'), 'command:tenantTokens.addTenant');
    const { text } = actionLink({ title: 'Exchange', command: 'tenantTokens.exchange' }, target, 'Ada · <Acme>');
    assert.match(text, /title="Exchange: Ada · &lt;Acme&gt;"/);
    assert.match(text, /aria-label="Exchange: Ada · &lt;Acme&gt;"/);
    assert.match(text, />Exchange<\/a/);
  });

  it('are all that the extension shows: no other source makes a webview, and none lets text be HTML', () => {
    const sources = textsIn('src');
    assert.ok(sources.length > 100);
    for (const { place, text } of sources) {
      assert.doesNotMatch(text, /registerWebview|supportHtml\s*=|enableScripts: true/, place);
      assert.equal(/createWebviewPanel/.test(text), place === 'views/pagePanel.ts', place);
    }
  });
});
