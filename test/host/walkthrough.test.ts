import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { until } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';

/** What a person does in each step after its button; the next step begins when it is complete. */
describe(`the walkthrough (${mode})`, () => {
  const editor = useEditor();

  const page = () => editor().page;
  const isComplete = async (step: string): Promise<boolean> =>
    (await page().locator(`[data-done-step-id$="#${step}"][aria-checked=true]`).count()) > 0;

  const open = async (): Promise<void> => {
    await editor().command('Welcome: Open Walkthrough...');
    await editor().quickPick('Get Started with Tenant Tokens');
    await page().locator('.getting-started-step').first().waitFor();
  };
  /** Shows the walkthrough where it is, with a step. @param step its id */
  const show = async (step: string): Promise<Locator> => {
    const tab = page().getByRole('tab', { name: 'Welcome' });
    // It is a preview, which another editor may have replaced.
    if ((await tab.count()) > 0) await tab.click();
    else await open();
    const section = page().locator(`.getting-started-step[data-step-id$="#${step}"]`);
    // VS Code may show the list of walkthroughs again.
    const listed = page().locator('button.getting-started-category').filter({ hasText: 'Get Started with Tenant Tokens' });
    await until(`the step ${step}`, async () => {
      if ((await section.count()) > 0 && (await section.isEnabled())) return true;
      if ((await listed.count()) > 0 && (await listed.isEnabled())) await listed.click();
      return false;
    });
    if ((await section.getAttribute('aria-expanded')) !== 'true') await section.click();
    return section;
  };
  const click = async (step: string, button: string): Promise<void> => {
    await (await show(step)).getByRole('button', { name: button, exact: true }).click();
  };
  /** Runs a command with the cursor in the first request of the sample. */
  const runInSample = async (title: string): Promise<void> => {
    await page().getByRole('tab', { name: 'sandbox-cloud-director.http' }).click();
    await page().locator('.view-line', { hasText: 'sessions/current' }).click();
    await editor().command(`Tenant Tokens: ${title}`);
  };
  const completes = async (step: string): Promise<void> => {
    await until(`the step ${step} to be complete`, () => isComplete(step));
  };

  /** Wide enough for VS Code to show files beside the walkthrough. */
  before(() => page().setViewportSize({ width: 1700, height: 900 }));

  it('is followed to its end, and each step completes by itself', async () => {
    await editor().openView();
    await open();
    const steps = await page().locator('.getting-started-step h3').allInnerTexts();
    assert.equal(steps.length, 7, steps.join());

    await click('sandbox', 'Start Sandbox');
    await completes('sandbox');
    await editor().activeEditor('sandbox-cloud-director.http');
    await click('exchange', 'Get Access Token');
    await editor().quickPick('Acme');
    await until('an access token', async () => (await editor().rows()).some(({ description }) => /left/.test(description)));
    await completes('exchange');
    await runInSample('Insert Reference');
    await until('a reference', () => editor().isDirty());
    await show('reference');
    await completes('reference');
    await runInSample('Try Request');
    await until('an answer of 200', async () => (await editor().tabs()).some(({ name }) => name.startsWith('200')));
    await show('request');
    await completes('request');
    await click('tenant', 'Add Tenant');
    await editor().escape();
    await completes('tenant');
    await click('token', 'Create API Token');
    await editor().escape();
    await completes('token');
    await click('git', 'Find Tokens in Workspace');
    await completes('git');
  });
});
