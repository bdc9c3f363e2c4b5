import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import process from 'node:process';
import type { Frame } from 'playwright-core';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { leaksIn, type Canary } from '../threats/support/canaries.js';
import { until } from '../workbench/workbench.js';
import { drawn, FRAME_LIMIT_MS, violationsIn } from './support/axe.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, entryOf, secretOf, TENANTS } from './support/entering.js';

const DAY_MS = 24 * 3_600_000;
const TIMELINE = 'Token Timeline';
/** Where pictures of the pages are put, for who wants to look at them. */
const PICTURES = process.env['PICTURES'];

describe(`the timeline and the details (${mode})`, () => {
  const tokens = [
    ['Cloud org', 'Laptop', 'sandbox-cloud-services'],
    ['Acme', 'Ada', 'sandbox-cloud-director'],
    ['Contact', 'Support', 'sandbox-bright-pattern'],
  ] as const;
  const canaries: Canary[] = [];
  let sandbox: Sandbox;
  const editor = useEditor(async () => {
    sandbox = await startSandbox();
    return { settings: { [TENANTS]: tokens.map(([, , id]) => entryOf(sandbox, id)) } };
  });
  before(() => editor().openView());
  after(() => sandbox.stop());
  afterEach(() => editor().clearNotifications());

  const dayIn = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
  /** A page is drawn anew when it changes, into another frame. */
  const saying = (heading: string | RegExp, ...patterns: readonly RegExp[]): Promise<{ frame: Frame; text: string }> => {
    let text = '';
    const look = async () => {
      const frame = await editor().webview(heading);
      text = await frame
        .locator('main')
        .innerText({ timeout: FRAME_LIMIT_MS })
        .catch(() => '');
      return patterns.every((pattern) => pattern.test(text)) && { frame, text };
    };
    return until(`${String(heading)} to say ${patterns.join(' and ')}`, look, { seen: () => text });
  };
  /** Each kind of page, by what opens it and its heading. */
  const pages = [
    [() => editor().command(`Tenant Tokens: Show ${TIMELINE}`), TIMELINE],
    [() => editor().contextMenu(['Cloud org', 'Laptop'], 'Show Details'), 'Details: Laptop (Cloud org)'],
  ] as const;
  const rowsOf = async (frame: Frame): Promise<string[]> =>
    (await frame.locator('tbody th[scope=row]').allInnerTexts()).map((name) => name.split('\n')[0]!);
  const focused = (frame: Frame): Promise<string> =>
    frame.evaluate<string>("document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? ''");
  /** Goes from the top of the page to a link, with the Tab key alone. @returns the links on the way */
  const tabTo = async (frame: Frame, label: string): Promise<string[]> => {
    const passed: string[] = [];
    await frame.locator('h1').click();
    const isThere = async () => {
      await editor().page.keyboard.press('Tab');
      passed.push(await focused(frame));
      return passed.at(-1) === label;
    };
    await until(`the focus on ${label}`, isThere, { seen: () => passed });
    return passed;
  };

  it('show each token over time and what is known of it, by the keyboard alone', async () => {
    await editor().command(`Tenant Tokens: Show ${TIMELINE}`);
    const empty = await saying(TIMELINE, /There are no API tokens yet/);
    await tabTo(empty.frame, 'Add API Token');
    await editor().page.keyboard.press('Enter');
    assert.equal((await editor().prompt()).items.length, tokens.length);
    await editor().escape();

    for (const [tenant, name, id] of tokens) {
      const secrets = secretOf(sandbox, id);
      for (const value of secrets) canaries.push({ name: `a secret of ${tenant}`, value });
      await addToken(editor(), tenant, name, ...secrets);
    }
    const { frame } = await saying(TIMELINE, /Ada/, /Laptop/, /Support/, /Unknown – set a date/);
    assert.deepEqual((await rowsOf(frame)).sort(), ['Ada', 'Laptop', 'Support']);
    assert.equal(await frame.getByRole('img', { name: /^From .*, open-ended$/ }).count(), tokens.length);
    const labels = await frame.evaluate<string[]>("[...document.querySelectorAll('a')].map((link) => link.ariaLabel)");
    assert.deepEqual(await tabTo(frame, labels.at(-1)!), labels);

    for (const [tenant, name, days] of [
      ['Contact', 'Support', 6],
      ['Acme', 'Ada', 3650],
    ] as const) {
      await tabTo(await editor().webview(TIMELINE), `Set Expiry: ${name} · ${tenant}`);
      await editor().page.keyboard.press('Enter');
      await editor().answer(dayIn(days));
      await saying(TIMELINE, days < 30 ? /in [56] days/ : /in 3,6\d\d days/);
    }
    const sorted = await editor().webview(TIMELINE);
    assert.deepEqual(await rowsOf(sorted), ['Support', 'Ada', 'Laptop']);
    assert.equal(await sorted.getByRole('img', { name: /beyond this chart$/ }).count(), 1);

    const { origin, host } = new URL(String(entryOf(sandbox, 'sandbox-cloud-services')['url']));
    await tabTo(sorted, 'Details: Laptop · Cloud org');
    await editor().page.keyboard.press('Enter');
    const details = 'Details: Laptop (Cloud org)';
    const before = await saying(details, new RegExp(`Exchange\\s+${host}\\s+done`));
    await tabTo(before.frame, 'Exchange: Laptop · Cloud org');
    await editor().page.keyboard.press('Enter');
    const isDecoded = /Decoded here from the access token \(JWT\), and not verified/;
    const { text } = await saying(details, isDecoded, /^Who$/m, /^Expires \(exp\)$/m, new RegExp(`Exchange\\s+${host}\\s+done`));
    assert.ok(text.includes(`Sent only to\n${origin}/`), text);
    assert.match(text, /^Expires \(exp\)\n.*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/m);
  });

  it('keep nobody out in any theme, and have no script and no secret in them', async () => {
    await editor().setClipboard('');
    await editor().contextMenu(['Cloud org', 'Laptop'], 'Copy Access Token');
    const value = await until('the access token', async () => (await editor().clipboard()) || false);
    canaries.push({ name: 'the access token', value });
    for (const theme of ['light', 'dark', 'high-contrast'] as const) {
      await editor().setTheme(theme);
      for (const [open, heading] of pages) {
        await open();
        assert.deepEqual(await violationsIn(() => editor().webview(heading)), [], theme);
        const { content: text } = await drawn(() => editor().webview(heading));
        assert.doesNotMatch(text, /<script|javascript:|\son\w+=/i);
        assert.deepEqual(leaksIn([{ place: heading, text }], canaries), []);
        if (PICTURES === undefined) continue;
        mkdirSync(PICTURES, { recursive: true });
        await editor().screenshot(`${PICTURES}/${heading.split(':')[0]!}-${theme}.png`);
      }
    }
  });
});
