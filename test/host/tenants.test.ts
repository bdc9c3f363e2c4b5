import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { TENANTS } from './support/entering.js';

describe(`tenants in settings.json (${mode})`, () => {
  const editor = useEditor();
  before(() => editor().openView());

  const settingsText = () => readFileSync(editor().settingsPath, 'utf8');
  const setTenants = (...entries: readonly unknown[]) => editor().changeSettings({ [TENANTS]: entries });

  it('offers the platforms’ snippets and each platform’s fields', async () => {
    const widget = editor().page.locator('.suggest-widget.visible');
    const labels = widget.locator('.monaco-list-row .label-name');
    /** What is offered, once that has what is expected: until the schema is there, it is the words of the file. */
    const suggestions = (...expected: readonly string[]) =>
      until(`${expected.join(', ')} to be offered`, async () => {
        await editor().command('Trigger Suggest');
        await labels.first().waitFor();
        const found = await labels.allInnerTexts();
        await editor().page.keyboard.press('Escape');
        await widget.waitFor({ state: 'hidden' });
        return expected.every((each) => found.includes(each)) && found;
      });
    await setTenants({ platform: 'bright-pattern' });
    await editor().command('Preferences: Open User Settings (JSON)');
    await editor().activeEditor('settings.json');
    const lines = settingsText().split('\n');
    const place = lines.findIndex((line) => line.includes('bright-pattern'));
    await editor().cursor(place + 1, lines[place]!.length + 1);
    await editor().typeText(',\n');
    const fields = await suggestions('loginId', 'hostParameter', 'headers');
    assert.ok(!fields.includes('organization'), fields.join(', '));

    await editor().cursor(place - 1, lines[place - 2]!.length + 1);
    await editor().typeText('\n');
    const vmware = ['VMware Cloud Director', 'VMware Cloud Services', 'VMware Identity Services'];
    await suggestions(...vmware, 'Commvault', 'Bright Pattern', 'OAuth 2.0');
    await editor().closeEditors();
  });
});
