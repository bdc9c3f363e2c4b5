import assert from 'node:assert/strict';
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
  /** Shows the walkthrough where it is, opens a step and clicks its button. */
  const click = async (step: string, button: string): Promise<void> => {
    await page().getByRole('tab', { name: 'Welcome' }).click();
    const section = page().locator(`.getting-started-step[data-step-id$="#${step}"]`);
    if ((await section.getAttribute('aria-expanded')) !== 'true') await section.click();
    await section.getByRole('button', { name: button, exact: true }).click();
  };
  const completes = async (step: string): Promise<void> => {
    await until(`the step ${step} to be complete`, () => isComplete(step));
  };

  /** Wide enough for VS Code to show files beside the walkthrough. */
  before(() => page().setViewportSize({ width: 1700, height: 900 }));

  it('is followed to its end by its buttons, and each step completes by itself', async () => {
    await editor().openView();
    await open();
    const steps = await page().locator('.getting-started-step h3').allInnerTexts();
    assert.equal(steps.length, 7, steps.join());

    await click('sandbox', 'Start Sandbox');
    await completes('sandbox');
    await click('exchange', 'Get Access Token');
    await editor().quickPick(/Ada/);
    await until('an access token', async () => (await editor().rows()).some(({ description }) => /left/.test(description)));
    await completes('exchange');
    await click('reference', 'Insert Reference');
    await until('a reference', () => editor().isDirty());
    await completes('reference');
    await click('request', 'Try Request');
    await until('an answer of 200', async () => (await editor().tabs()).some(({ name }) => name.startsWith('200')));
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
