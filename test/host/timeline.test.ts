import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import process from 'node:process';
import type { Frame } from 'playwright-core';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.js';
import { leaksIn, type Canary } from '../threats/support/canaries.js';
import { until } from '../workbench/workbench.js';
import { drawn, FRAME_LIMIT_MS, violationsIn } from './support/axe.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, entryOf, rowSaying, secretOf, TENANTS } from './support/entering.js';

const DAY_MS = 24 * 3_600_000;
const TIMELINE = 'Token Timeline';
/** Where pictures of the pages are put, for who wants to look at them. */
const PICTURES = process.env['PICTURES'];

describe(`the timeline and the inspector (${mode})`, () => {
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
  /** Each page that there is, by what opens it and its heading. */
  const pages = [
    [() => editor().command(`Tenant Tokens: Show ${TIMELINE}`), TIMELINE],
    ...tokens.map(
      ([tenant, name]) => [() => editor().contextMenu([tenant, name], 'Show Details'), `Details: ${name} (${tenant})`] as const,
    ),
  ] as const;
  const rowsOf = async (frame: Frame): Promise<string[]> =>
    (await frame.locator('tbody th[scope=row]').allInnerTexts()).map((name) => name.split('\n')[0]!);
  const focused = (frame: Frame): Promise<string | undefined> =>
    frame.evaluate<string | undefined>("document.activeElement?.getAttribute('aria-label') ?? undefined");
  /** Goes to a link with the Tab key alone. */
  const tabTo = async (frame: Frame, label: RegExp): Promise<string[]> => {
    const passed: string[] = [];
    await frame.locator('h1').click();
    await until(`the focus on ${String(label)}`, async () => {
      await editor().page.keyboard.press('Tab');
      passed.push((await focused(frame)) ?? '');
      return label.test(passed.at(-1)!);
    });
    return passed;
  };

  it('says what to do while there is no token', async () => {
    await editor().command(`Tenant Tokens: Show ${TIMELINE}`);
    const { frame } = await saying(TIMELINE, /There are no API tokens yet/);
    await frame.getByRole('link', { name: 'Add API Token' }).click();
    assert.equal((await editor().prompt()).items.length, tokens.length);
    await editor().escape();
  });

  it('shows each token, also those of which nobody knows the end', async () => {
    for (const [tenant, name, id] of tokens) {
      const secrets = secretOf(sandbox, id);
      for (const value of secrets) canaries.push({ name: `a secret of ${tenant}`, value });
      await addToken(editor(), tenant, name, ...secrets);
    }
    const { frame } = await saying(TIMELINE, /Ada/, /Laptop/, /Support/, /not known – enter it/);
    assert.deepEqual((await rowsOf(frame)).sort(), ['Ada', 'Laptop', 'Support']);
    assert.equal(await frame.getByRole('img', { name: /^From .* with an open end$/ }).count(), tokens.length);
  });

  it('is used with the keyboard alone, and puts first what ends first', async () => {
    const frame = await editor().webview(TIMELINE);
    const labels = await frame
      .locator('a')
      .evaluateAll((links) => links.map((link) => (link as { ariaLabel?: string }).ariaLabel));
    const last = labels.at(-1)!;
    assert.deepEqual(await tabTo(frame, new RegExp(`^${last}$`)), labels);
    for (const [tenant, name, days] of [
      ['Contact', 'Support', 6],
      ['Acme', 'Ada', 3650],
    ] as const) {
      await tabTo(await editor().webview(TIMELINE), new RegExp(`^Enter End: ${name} · ${tenant}$`));
      await editor().page.keyboard.press('Enter');
      await editor().answer(dayIn(days));
      await saying(TIMELINE, days < 30 ? /in [56] days/ : /in 3,6\d\d days/);
    }
    const sorted = await editor().webview(TIMELINE);
    assert.deepEqual(await rowsOf(sorted), ['Support', 'Ada', 'Laptop']);
    assert.equal(await sorted.getByRole('img', { name: /beyond this picture$/ }).count(), 1);
  });

  it('goes with the tree and the status bar, which tell of an end that is near', async () => {
    await rowSaying(editor(), ['Contact', 'Support'], /^not exchanged yet · API token ends in [56]d$/);
    await editor().contextMenu(['Contact', 'Support'], 'Use Token');
    const { text, kind } = await editor().statusBar(/^Active token: Support of Contact/);
    assert.match(text, / · token [56]d$/);
    assert.equal(kind, 'warning');
    assert.match(await editor().statusBarTooltip(/^Active token/), /^API token ends: .*in [56] days$/m);
    await editor().expand(['Contact', 'Support']);
    await rowSaying(editor(), ['Contact', 'Support', 'API token ends'], /in [56] days \(as you entered it\)$/);
    await editor().collapse(['Contact', 'Support']);
    await rowSaying(editor(), ['Acme', 'Ada'], /^not exchanged yet$/);
  });

  it('leaves the page as it is while nothing on it changes', async () => {
    const frame = await editor().webview(TIMELINE);
    await frame.evaluate("document.body.dataset.read = 'to here'");
    await editor().inlineAction(['Acme', 'Ada'], 'Exchange');
    await rowSaying(editor(), ['Acme', 'Ada'], / left$/);
    assert.equal(await (await editor().webview(TIMELINE)).evaluate('document.body.dataset.read'), 'to here');
  });

  it('opens the details of a token, which follow what is done with it', async () => {
    await tabTo(await editor().webview(TIMELINE), /^Details: Laptop · Cloud org$/);
    await editor().page.keyboard.press('Enter');
    const details = /^Details: Laptop \(Cloud org\)$/;
    const before = await saying(details, /Nothing was done with it yet/, /There is no access token at hand/);
    await before.frame.getByRole('link', { name: /^Exchange/ }).click();
    const { origin, host } = new URL(String(entryOf(sandbox, 'sandbox-cloud-services')['url']));
    const isDecoded = /Decoded here from the access token \(JWT\), and not verified/;
    const { text } = await saying(details, isDecoded, /^Who$/m, /^Expires \(exp\)$/m, new RegExp(`Exchange\\s+${host}\\s+done`));
    assert.ok(text.includes(`Sent only to\n${origin}/`), text);
    assert.match(text, /^Expires \(exp\)\n.*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/m);
    await editor().inlineAction(['Cloud org', 'Laptop'], 'Copy Headers');
    await saying(details, /Access token copied/);
  });

  it('tells of an opaque access token no more than its length', async () => {
    await editor().inlineAction(['Contact', 'Support'], 'Exchange');
    await editor().contextMenu(['Contact', 'Support'], 'Show Details');
    await saying(/^Details: Support/, /It is opaque \(\d+ characters\)/);
  });

  it('has no script and no secret in its pages', async () => {
    for (const [tenant, name] of [tokens[0], tokens[2]]) {
      await editor().setClipboard('');
      await editor().contextMenu([tenant, name], 'Copy Access Token');
      const value = await until('the access token', async () => (await editor().clipboard()) || false);
      canaries.push({ name: `the access token of ${tenant}`, value });
    }
    const places = [];
    for (const [open, heading] of pages) {
      await open();
      const { content: text } = await drawn(() => editor().webview(heading));
      assert.doesNotMatch(text, /<script|javascript:|\son\w+=/i);
      places.push({ place: heading, text });
    }
    assert.deepEqual(leaksIn(places, canaries), []);
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const)
    it(`keeps nobody out, in a ${theme} theme`, async () => {
      await editor().setTheme(theme);
      for (const [open, heading] of pages.slice(0, 2)) {
        await open();
        assert.deepEqual(await violationsIn(() => editor().webview(heading)), []);
        if (PICTURES === undefined) continue;
        mkdirSync(PICTURES, { recursive: true });
        await editor().screenshot(`${PICTURES}/${heading.split(':')[0]!}-${theme}.png`);
      }
    });
});
