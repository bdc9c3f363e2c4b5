import assert from 'node:assert/strict';
import '../support/vscode.js';
import type { DataTransfer } from 'vscode';
import { TenantOrder } from '../../src/views/tenantOrder.js';
import { tenantRows, tokenRows, topRows, type Node } from '../../src/views/tenantRows.js';
import { openFleet } from '../support/fleet.js';

/** What a person drags and drops in a tree of so many tenants, of a token each. */
function open(count: number) {
  const fleet = openFleet({ count });
  let order = fleet.tenants.all.map(({ id }) => id);
  const target = new TenantOrder(fleet, (ids) => {
    order = [...ids];
    return Promise.resolve();
  });
  const drop = async (moved: Node, at: Node | undefined): Promise<void> => {
    await target.handleDrop(at, { get: () => ({ value: [moved] }) } as unknown as DataTransfer);
  };
  const row = (id: string): Node => tenantRows(fleet.tenants.entries.filter((entry) => entry.id === id))[0]!;
  return { ...fleet, drop, row, order: () => order };
}

describe('what is dragged in the tree', () => {
  it('takes the place of the tenant that it is dropped on', async () => {
    const { drop, row, order } = open(4);
    await drop(row('t0'), row('t2'));
    assert.deepEqual(order(), ['t1', 't2', 't0', 't3']);
    await drop(row('t3'), row('t1'));
    assert.deepEqual(order(), ['t0', 't3', 't1', 't2']);
    await drop(row('t1'), undefined);
    assert.deepEqual(order(), ['t0', 't2', 't3', 't1']);
  });

  it('stays where it is when it is dropped on itself, or on a token of its own', async () => {
    const { drop, row, order, ...fleet } = open(4);
    const before = order();
    for (const id of before) {
      await drop(row(id), row(id));
      assert.deepEqual(order(), before);
      await drop(row(id), tokenRows(fleet, id)[0]);
      assert.deepEqual(order(), before);
    }
  });

  it('leaves the tokens of a tenant in their order when one is dropped on itself', async () => {
    const { drop, vault, index, ...fleet } = open(1);
    const [one] = vault.of('t0');
    await index.update(
      'tokens',
      ['t0', 'b', 'c'].map((id) => ({ ...one, id })),
    );
    for (const token of tokenRows({ ...fleet, vault }, 't0')) await drop(token, token);
    assert.deepEqual(
      vault.of('t0').map(({ id }) => id),
      ['t0', 'b', 'c'],
    );
  });

  it('goes to the end when it is dropped on what is behind all tenants', async () => {
    const { drop, row, order } = open(4);
    await drop(row('t1'), { kind: 'leftTenant', tenant: 'gone' });
    assert.deepEqual(order(), ['t0', 't2', 't3', 't1']);
  });

  it('comes first in the range that it is dropped on', async () => {
    const { drop, row, order, ...fleet } = open(1_300);
    const ranges = topRows(fleet, false);
    await drop(row('t250'), ranges[1]);
    assert.equal(order().indexOf('t250'), 100);
    await drop(row('t5'), ranges[2]);
    assert.equal(order().indexOf('t5'), 200);
  });
});
