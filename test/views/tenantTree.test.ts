import assert from 'node:assert/strict';
import { editor } from '../support/vscode.js';
import type { ThemeIcon, TreeItem } from 'vscode';
import { AppError } from '../../src/base/errors.js';
import { Tenants } from '../../src/tenants/tenants.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/base/time.js';
import { TenantTree, type Node } from '../../src/views/tenantTree.js';
import { openFleet, type FleetParts } from '../support/fleet.js';
import { MemoryMemento } from '../support/memory.js';

const EXPANDED = 2;
const COLLAPSED = 1;

const accessToken = (): string => 'EXAMPLE-access-token';

/** The tree over a fleet, and a model of VS Code, which draws the expanded rows and redraws the changed ones. */
async function open(parts: FleetParts) {
  const fleet = openFleet(parts);
  const state = { days: [30, 7, 1], daysRead: 0 };
  const days = (): readonly number[] => {
    state.daysRead++;
    return state.days;
  };
  const tree = new TenantTree(fleet, new MemoryMemento(), () => Promise.resolve(), days, fleet.clock);
  const { view } = editor;
  /** The names of rows redrawn since the last look; `everything` for all. */
  const redrawn: string[] = [];
  const items = new Map<Node, TreeItem>();
  const draw = (node?: Node): void => {
    const rows = tree.getChildren(node);
    for (const row of rows) {
      const item = tree.getTreeItem(row);
      items.set(row, item);
      if (Number(item.collapsibleState) === EXPANDED) draw(row);
    }
  };
  tree.onDidChangeTreeData((node) => {
    redrawn.push(node ? ('token' in node ? node.token : node.kind) : 'everything');
    if (node) items.set(node, tree.getTreeItem(node));
    else draw();
  });
  draw();
  // What is drawn reads records.
  await fleet.clock.advance(1_000);
  redrawn.length = 0;
  const row = (kind: Node['kind'], id: string): Node => {
    const found = [...items.keys()].findLast((node) => node.kind === kind && Object.values(node).includes(id));
    assert.ok(found, `${kind} ${id}`);
    return found;
  };
  const described = (token: string): unknown => items.get(row('token', token))?.description;
  return { ...fleet, tree, view, state, items, row, described, redrawn, taken: () => redrawn.splice(0) };
}

describe('the tree', () => {
  it('redraws the rows whose text has changed, when it changes', async () => {
    const { clock, described, taken, tree } = await open({ count: 3, accessToken });
    assert.equal(described('t1'), '59m left');
    await clock.advance(MINUTE_MS);
    assert.deepEqual(taken(), ['t0', 't1', 't2']);
    assert.equal(described('t1'), '58m left');
    await clock.advance(10 * MINUTE_MS);
    assert.equal(taken().length, 30);
    await clock.advance(HOUR_MS);
    assert.equal(described('t1'), 'access token expired');
    taken();
    await clock.advance(100 * DAY_MS);
    assert.deepEqual([taken(), clock.timers], [[], 0]);
    tree.dispose();
  });

  it('wakes for nothing when nothing that it shows counts', async () => {
    const { clock, tree } = await open({ count: 3 });
    assert.equal(clock.timers, 0);
    tree.dispose();
  });

  it('redraws nothing while it is hidden, and what has changed meanwhile when it is shown', async () => {
    const { clock, view, tenants, broker, described, taken, tree } = await open({ count: 3, accessToken });
    view.show(false);
    assert.equal(clock.timers, 0);
    const tenant = tenants.get('t1');
    await clock.advance(30 * MINUTE_MS);
    await clock.until(broker.exchange(tenant, 't1'));
    await clock.advance(10_000);
    assert.deepEqual(taken(), []);
    view.show(true);
    assert.deepEqual(taken(), ['t0', 't1', 't2']);
    assert.deepEqual([described('t0'), described('t1')], ['29m left', '59m left']);
    view.show(false);
    tenants.refresh();
    await clock.advance(10_000);
    assert.deepEqual(taken(), []);
    view.show(true);
    assert.equal(taken()[0], 'everything');
    tree.dispose();
  });

  it('redraws no row of a tenant that is closed, until it is opened', async () => {
    const { clock, view, row, taken, tree } = await open({ count: 2, accessToken });
    view.collapsed.fire({ element: row('tenant', 't0') });
    await clock.advance(5 * MINUTE_MS);
    assert.deepEqual(new Set(taken()), new Set(['t1']));
    view.expanded.fire({ element: row('tenant', 't0') });
    assert.deepEqual(taken(), ['t0']);
    view.collapsed.fire({ element: row('tenant', 't0') });
    view.collapsed.fire({ element: row('tenant', 't1') });
    await clock.advance(5 * MINUTE_MS);
    assert.deepEqual([taken(), clock.timers], [[], 0]);
    tree.dispose();
  });

  it('shows the expiry of an API token when it is near, and sets a timer for it', async () => {
    const endsAt = Date.UTC(2026, 0, 1) + 31 * DAY_MS;
    const { clock, described, taken, tree } = await open({ count: 1, endsAt });
    assert.equal(described('t0'), 'not exchanged yet');
    await clock.advance(DAY_MS);
    assert.match(String(described('t0')), /30d|29d/);
    taken();
    await clock.advance(10 * DAY_MS);
    assert.equal(taken().length, 10);
    assert.match(String(described('t0')), /19d/);
    await clock.advance(20 * DAY_MS);
    assert.match(String(described('t0')), /expired/);
    assert.equal(clock.timers, 0);
    tree.dispose();
  });

  it('counts on its badge what needs a person, by the day', async () => {
    const endsAt = Date.UTC(2026, 0, 1) + 3 * DAY_MS;
    const { clock, view, tree } = await open({ count: 5, endsAt });
    const badge = (): number | undefined => view.badge?.value;
    assert.equal(badge(), undefined);
    await clock.advance(2 * DAY_MS);
    assert.equal(badge(), 5);
    tree.dispose();
  });

  it('counts on its badge what has come to need a person while it is hidden: that is there to be seen', async () => {
    const endsAt = Date.UTC(2026, 0, 1) + 3 * DAY_MS;
    const { clock, view, taken, tree } = await open({ count: 5, endsAt });
    view.show(false);
    await clock.advance(2 * DAY_MS);
    assert.deepEqual([view.badge?.value, taken(), clock.timers], [5, [], 0]);
    tree.dispose();
  });

  it('tells an hour after a sleep, at the latest, what has come nearer meanwhile', async () => {
    const endsAt = Date.UTC(2026, 0, 1) + 20 * DAY_MS;
    const { clock, view, described, tree } = await open({ count: 1, endsAt });
    clock.sleep(15 * DAY_MS);
    await clock.advance(HOUR_MS);
    assert.match(String(described('t0')), /\b[45]d/);
    view.show(false);
    clock.sleep(4 * DAY_MS);
    await clock.advance(HOUR_MS);
    assert.equal(view.badge?.value, 1);
    tree.dispose();
  });

  it('has no level of more than 1,000 tenants, and shows each of ten thousand', async () => {
    const few = await open({ count: 1_000 });
    assert.equal(few.tree.getChildren().length, 1_000);
    few.tree.dispose();
    const { tree, tenants } = await open({ count: 10_000 });
    const top = tree.getChildren();
    assert.equal(top.length, 100);
    const item = tree.getTreeItem(top[1]!);
    assert.deepEqual([item.label, item.description], ['Tenant 100 … Tenant 199', '100 tenants']);
    const shown = top.flatMap((range) => tree.getChildren(range).map((row) => ('tenant' in row ? row.tenant : '')));
    assert.deepEqual(
      shown,
      tenants.all.map(({ id }) => id),
    );
    await tree.setGrouped(true);
    assert.equal(tree.getChildren()[0]?.kind, 'platform');
    assert.equal(tree.getChildren(tree.getChildren()[0]).length, 100);
    tree.dispose();
  });

  it('has no id twice, though the settings have the ids of tenants that are not from there', async () => {
    const { tree, tenants } = await open({ count: 2 });
    tenants.setOutside(tenants.all);
    const rows = tree.getChildren().map((row) => tree.getTreeItem(row));
    assert.deepEqual(rows.map(({ contextValue }) => contextValue).slice(2), ['problemTenant', 'problemTenant']);
    assert.equal(new Set(rows.map(({ id }) => id)).size, 4);
    tree.dispose();
  });

  it('has no id twice, though tenants that are not from the settings begin ranges of two platforms', async () => {
    const { tree, setting, ...fleet } = await open({ count: 2_400 });
    const other = { platform: 'cloud-services', url: 'https://a.example' };
    const own = (JSON.parse(setting) as { loginId?: string }[]).map(({ loginId, ...one }, n) =>
      n % 2 ? { ...one, ...other } : { ...one, loginId },
    );
    const tenants = new Tenants(() => own);
    tenants.setOutside([
      { id: 'outside1', name: 'Outside 1', platform: 'bright-pattern', url: 'https://a.example', loginId: 'ada' },
      { id: 'outside2', name: 'Outside 2', ...other },
    ]);
    const both = new TenantTree(
      { ...fleet, tenants },
      new MemoryMemento(),
      () => Promise.resolve(),
      () => [],
      fleet.clock,
    );
    await both.setGrouped(true);
    const ranges = both.getChildren().flatMap((platform) => both.getChildren(platform));
    const ids = ranges.map((range) => both.getTreeItem(range).id);
    assert.equal(ids.length, 26);
    assert.equal(new Set(ids).size, ids.length, ids.join(', '));
    both.dispose();
    tree.dispose();
  });

  it('reads no record of ten thousand, until somebody opens their tenants', async () => {
    const { tree, clock, secrets } = await open({ count: 10_000, accessToken });
    assert.equal(secrets.calls.length, 0);
    for (const tenant of tree.getChildren(tree.getChildren()[3])) tree.getChildren(tenant);
    await clock.advance(0);
    assert.deepEqual(new Set(secrets.calls), new Set(['get']));
    assert.equal(secrets.calls.length, 100);
    tree.dispose();
  });

  it('opens the tenants by itself unless there are many', async () => {
    const stateOf = async (count: number) => {
      const { tree } = await open({ count });
      const { collapsibleState } = tree.getTreeItem(tree.getChildren()[0]!);
      tree.dispose();
      return collapsibleState;
    };
    assert.deepEqual([await stateOf(200), await stateOf(201)], [EXPANDED, COLLAPSED]);
  });

  it('reads the settings once for all rows', async () => {
    const { state, clock, tree } = await open({ count: 100, accessToken });
    await clock.advance(10 * MINUTE_MS);
    assert.equal(state.daysRead, 1);
    state.days = [];
    tree.refresh();
    await clock.advance(MINUTE_MS);
    assert.equal(state.daysRead, 2);
    tree.dispose();
  });

  it('writes a tooltip when it is wanted', async () => {
    const { tree, items, row } = await open({ count: 1, accessToken });
    const token = row('token', 't0');
    const item = items.get(token)!;
    assert.equal(item.tooltip, undefined);
    const { tooltip } = tree.resolveTreeItem(item, token);
    assert.match(tooltip as string, /^Laptop · Tenant 0\n59m left\nExpires: .* \(2026-01-01 01:00:00 UTC\)$/);
    tree.dispose();
  });

  it('marks the active one of several tokens, and draws the mark anew when another one becomes active', async () => {
    const { tree, clock, active, items, row, described, taken } = await open({ count: 3, accessToken });
    await active.set('t1');
    await clock.advance(1_000);
    assert.deepEqual([taken(), described('t1')], [['t1'], 'active · 59m left']);
    assert.match(items.get(row('token', 't1'))!.contextValue!, /^token\.active\b/);
    await active.set('t2');
    await clock.advance(1_000);
    assert.deepEqual(taken(), ['t1', 't2']);
    assert.deepEqual([described('t1'), described('t2')], ['59m left', 'active · 59m left']);
    tree.dispose();
    const only = await open({ count: 1, accessToken });
    await only.active.set('t0');
    await only.clock.advance(1_000);
    assert.equal(only.described('t0'), '59m left');
    only.tree.dispose();
  });

  it('says of a row what mends its error', async () => {
    const send = (): Promise<never> => Promise.reject(new AppError('api-token-refused', { status: 401 }));
    const { tree, clock, broker, tenants, row, items, described } = await open({ count: 1, send });
    await clock.until(broker.exchange(tenants.get('t0'), 't0').catch(() => undefined));
    await clock.advance(1_000);
    assert.equal(described('t0'), 'API token refused');
    assert.match(items.get(row('token', 't0'))!.contextValue!, /^token\.failed\.mend-replaceToken\b/);
    tree.dispose();
  });

  it('counts the tenants of a platform, and does not name it again below', async () => {
    const { tree } = await open({ count: 3 });
    assert.equal(tree.getTreeItem(tree.getChildren()[0]!).description, 'Bright Pattern');
    await tree.setGrouped(true);
    const platform = tree.getChildren()[0]!;
    assert.equal(tree.getTreeItem(platform).description, '3');
    assert.equal(tree.getTreeItem(tree.getChildren(platform)[0]!).description, '');
    tree.dispose();
  });

  for (const [count, way] of [
    [3, ['platform', 'tenant']],
    [5_000, ['platform', 'range', 'tenant']],
  ] as const)
    it(`selects the row of a tenant or a token wherever it is, among ${count} tenants`, async () => {
      const { tree, view } = await open({ count });
      const shown = () => view.revealed as { row: Node; how: unknown } | undefined;
      const above = (): string[] => {
        const kinds: string[] = [];
        for (let at = tree.getParent(shown()!.row); at; at = tree.getParent(at)) kinds.unshift(at.kind);
        return kinds;
      };
      await tree.setGrouped(true);
      const id = `t${count - 1}`;
      await tree.reveal(id);
      assert.deepEqual(above(), way.slice(0, -1));
      assert.equal((shown()!.row as { tenant: string }).tenant, id);
      await tree.reveal(id, id);
      assert.deepEqual(above(), way);
      assert.deepEqual([shown()!.row.kind, shown()!.how], ['token', { select: true, focus: false }]);
      view.show(false);
      await tree.reveal('t0');
      assert.equal((shown()!.row as { tenant: string }).tenant, id, 'opened the view unasked');
      await tree.reveal('t0', undefined, true);
      assert.deepEqual([(shown()!.row as { tenant: string }).tenant, shown()!.how], ['t0', { select: true, focus: true }]);
      tree.dispose();
    });

  it('shows the color of a tenant, and that it is for production', async () => {
    const marks = [{}, { color: 'blue' }, { production: true }, { production: true, color: 'yellow' }, { production: false }];
    const { tree, items, row } = await open({ count: marks.length, settings: (n) => marks[n]! });
    const shown = marks.map((_, n) => {
      const { iconPath, description, accessibilityInformation } = items.get(row('tenant', `t${n}`))!;
      const { color } = iconPath as ThemeIcon;
      return [color?.id, description, /, production$/.test(accessibilityInformation?.label ?? '')];
    });
    assert.deepEqual(shown, [
      [undefined, 'Bright Pattern', false],
      ['charts.blue', 'Bright Pattern', false],
      ['charts.red', 'production · Bright Pattern', true],
      ['charts.yellow', 'production · Bright Pattern', true],
      [undefined, 'Bright Pattern', false],
    ]);
    tree.dispose();
  });

  it('has a row for tokens whose tenants are gone', async () => {
    const { tree, index } = await open({ count: 2 });
    index.values.set('tokens', [...(index.values.get('tokens') as object[]), { id: 'x', tenant: 'gone', name: 'x', addedAt: 0 }]);
    assert.deepEqual(
      tree.getChildren().map(({ kind }) => kind),
      ['tenant', 'tenant', 'leftTenant'],
    );
    tree.dispose();
  });
});
