import assert from 'node:assert/strict';
import { editor } from '../support/vscode.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/base/time.js';
import { StatusBar } from '../../src/views/statusBar.js';
import { openFleet, type FleetParts } from '../support/fleet.js';

const accessToken = (): string => 'EXAMPLE-access-token';

/** The status bar over two tenants. The first has the active token, half a second after its exchange. */
async function open(parts: Partial<FleetParts> = {}) {
  const fleet = openFleet({ count: 2, accessToken, ...parts });
  const { clock } = fleet;
  await fleet.active.set('t0');
  const state = { isShown: true };
  const bar = new StatusBar(
    fleet,
    () => state.isShown,
    () => [30, 7, 1],
    clock,
  );
  const { item } = editor;
  await clock.advance(500);
  /** How often it woke, and what it told VS Code, in so many ms. */
  const during = async (ms: number): Promise<{ readonly wakes: number; readonly texts: readonly string[] }> => {
    const texts = new Set<string>();
    let wakes = 0;
    const after = clock.after.bind(clock);
    clock.after = (wait, call) =>
      after(wait, () => {
        wakes++;
        call();
        texts.add(item.text);
      });
    bar.update();
    await clock.advance(ms);
    clock.after = after;
    return { wakes, texts: [...texts] };
  };
  return { ...fleet, state, bar, item, during };
}

describe('the status bar', () => {
  afterEach(() => editor.focus(true));

  it('counts minutes, and seconds in the last two', async () => {
    const { bar, item, during } = await open();
    assert.equal(item.text, '$(key) Tenant 0 59m');
    assert.deepEqual(await during(57 * MINUTE_MS), {
      wakes: 57,
      texts: Array.from({ length: 57 }, (_, n) => `$(key) Tenant 0 ${58 - n}m`),
    });
    const last = await during(3 * MINUTE_MS);
    assert.ok(last.wakes >= 120 && last.wakes <= 122, String(last.wakes));
    assert.equal(item.text, '$(key) Tenant 0 access token expired');
    assert.deepEqual(await during(HOUR_MS), { wakes: 0, texts: [] });
    bar.dispose();
  });

  it('says that a tenant is for production, on the background of warnings', async () => {
    const { bar, item, clock } = await open({ settings: () => ({ production: true, color: 'purple' }) });
    assert.equal(item.text, '$(key) Tenant 0 59m · production');
    assert.equal(item.backgroundColor?.id, 'statusBarItem.warningBackground');
    assert.match(String(item.tooltip), /^Tenant 0 · Laptop\nProduction tenant\n/);
    assert.match(item.accessibilityInformation?.label ?? '', /^Active token: Laptop of Tenant 0, production, /);
    await clock.advance(HOUR_MS);
    assert.equal(item.text, '$(key) Tenant 0 access token expired · production');
    bar.dispose();
  });

  it('has the color of the tenant', async () => {
    const { bar, item } = await open({ settings: () => ({ color: 'green' }) });
    assert.deepEqual([item.color?.id, item.backgroundColor], ['charts.green', undefined]);
    bar.dispose();
  });

  it('names the active token where its tenant has several', async () => {
    const { bar, item, index, vault } = await open();
    const other = { ...vault.of('t0')[0], id: 'other', name: 'CI' };
    await index.update('tokens', [...index.get('tokens', []), other]);
    bar.update();
    assert.equal(item.text, '$(key) Tenant 0 · Laptop 59m');
    bar.dispose();
  });

  it('wakes at most once a minute while nobody looks at the window', async () => {
    const { bar, during } = await open();
    editor.focus(false);
    const { wakes } = await during(HOUR_MS);
    assert.ok(wakes >= 58 && wakes <= 60, String(wakes));
    bar.dispose();
  });

  it('tells an hour after a sleep, at the latest, that an end has come nearer meanwhile', async () => {
    const endsAt = Date.UTC(2026, 0, 1) + 20 * DAY_MS;
    const { bar, clock, item, during } = await open({ endsAt });
    await during(2 * HOUR_MS);
    assert.match(item.text, /token 19d$/);
    clock.sleep(15 * DAY_MS);
    await clock.advance(HOUR_MS);
    assert.match(item.text, /token 4d$/);
    bar.dispose();
  });

  it('wakes for nothing while it is hidden', async () => {
    const { bar, item, state, during } = await open();
    state.isShown = false;
    assert.deepEqual(await during(2 * HOUR_MS), { wakes: 0, texts: [] });
    assert.equal(item.isShown, false);
    state.isShown = true;
    bar.update();
    assert.deepEqual([item.isShown, item.text], [true, '$(key) Tenant 0 access token expired']);
    bar.dispose();
  });

  it('tells VS Code what is new, and nothing else', async () => {
    const { bar, item, clock, tenants, broker } = await open();
    const before = item.reported;
    for (let n = 0; n < 10; n++) bar.update();
    await clock.until(broker.exchange(tenants.get('t1'), 't1'));
    await clock.advance(5_000);
    assert.equal(item.reported, before);
    await clock.until(broker.exchange(tenants.get('t0'), 't0'));
    assert.notEqual(item.reported, before);
    bar.dispose();
  });
});
