import type { TreeItem } from 'vscode';
import type { Node } from '../../../src/views/tenantTree.js';
import { MINUTE_MS } from '../../../src/base/time.js';
import { counted, type Bench, type Row } from '../row.js';

const MANY = 10_000;
const SOME = 100;
const TURNS = 20;

/** With its stand-in for the editor, which no other row is to find: so it is loaded when a row is opened. */
const scale = () => import('../scale/window.js');

const accessToken = (): string => 'EXAMPLE-access-token';

function timesOf(count: number, work: () => unknown): number[] {
  return Array.from({ length: count }, () => {
    const begun = performance.now();
    const result = work();
    const ms = performance.now() - begun;
    if (!result) throw new Error('nothing was made');
    return ms;
  });
}

/** What an extension hands out that has no levels: an item for each tenant, with all that ours have. */
function flatItems(names: readonly string[]): Partial<TreeItem>[] {
  return names.map((name, n) => {
    const tooltip = `${name}\nBright Pattern\nhttps://s${n % 100}.example`;
    return { id: `tenant:${n}`, label: name, description: 'Bright Pattern', tooltip, contextValue: 'tenant' };
  });
}

const root: Row = {
  id: 'D4 root',
  title: 'The first level of the tree, of 10,000 tenants',
  unit: 'ms',
  targets: [{ figure: 'p50', atMost: 1 }],
  async open(): Promise<Bench> {
    const { openWindow } = await scale();
    const { tree, tenants, dispose } = await openWindow({ count: MANY });
    const draw = (): TreeItem[] => tree.getChildren().map((row) => tree.getTreeItem(row));
    const names = tenants.all.map(({ name }) => name);
    return {
      subjects: [
        { name: 'Tenant Tokens', round: () => timesOf(TURNS, draw) },
        { name: 'an item each', round: () => timesOf(TURNS, () => flatItems(names)) },
      ],
      close: () => Promise.resolve().then(dispose),
    };
  },
};

const expanding: Row = {
  id: 'D4 expand',
  title: 'Opening 100 tenants of 10,000 and drawing their tokens',
  unit: 'ms',
  targets: [{ figure: 'p50', atMost: 1 }],
  async open(): Promise<Bench> {
    const { openWindow } = await scale();
    const { tree, clock, tenants, dispose } = await openWindow({ count: MANY, accessToken });
    const [range] = tree.getChildren();
    const open = (): TreeItem[] => {
      const rows = tree.getChildren(range);
      const tokens = rows.flatMap((row) => tree.getChildren(row));
      if (tokens.length !== SOME) throw new Error('there is a token each');
      return [...rows, ...tokens].map((row) => tree.getTreeItem(row));
    };
    // The records are read when their rows are made for the first time.
    open();
    await clock.advance(1_000);
    const names = tenants.all.slice(0, 2 * SOME).map(({ name }) => name);
    return {
      subjects: [
        { name: 'Tenant Tokens', round: () => timesOf(TURNS, open) },
        { name: 'an item each', round: () => timesOf(TURNS, () => flatItems(names)) },
      ],
      close: () => Promise.resolve().then(dispose),
    };
  },
};

/** How many rows are redrawn in a minute in which each text changes once. */
async function redrawn(visible: boolean, opened: number): Promise<number> {
  const { openWindow } = await scale();
  const { tree, view, clock, dispose } = await openWindow({ count: MANY, accessToken });
  const [range] = tree.getChildren();
  const rows: Node[] = tree.getChildren(range).slice(0, opened);
  for (const row of rows.flatMap((tenant) => tree.getChildren(tenant))) tree.getTreeItem(row);
  await clock.advance(1_000);
  let count = 0;
  tree.onDidChangeTreeData((row) => {
    count += row ? 1 : MANY;
    if (row) tree.getTreeItem(row);
  });
  view.show(visible);
  count = 0;
  await clock.advance(MINUTE_MS);
  dispose();
  return count;
}

async function reads(active?: string): Promise<number> {
  const { openWindow } = await scale();
  const { clock, secretReads, dispose } = await openWindow({ count: MANY, accessToken }, active);
  await clock.advance(10 * MINUTE_MS);
  const count = secretReads();
  dispose();
  return count;
}

export const rows: readonly Row[] = [
  root,
  expanding,
  counted('D4 tick', 'Rows redrawn in a minute with 20 tokens in view, of 10,000', 20, [
    { name: 'Tenant Tokens', round: async () => [await redrawn(true, 20)] },
  ]),
  counted('D4 hidden', 'Rows redrawn in a minute while the tree is hidden', 0, [
    { name: 'Tenant Tokens', round: async () => [await redrawn(false, 20)] },
  ]),
  counted('D5', 'Records read when a window opens, of 10,000', 0, [
    { name: 'Tenant Tokens', round: async () => [await reads()] },
    { name: 'Tenant Tokens, with an active token', round: async () => [await reads('t7')] },
  ]),
];
