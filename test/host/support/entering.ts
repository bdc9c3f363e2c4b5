import { TENANTS } from '../../support/entries.js';
import { until, type Row, type Workbench } from '../../workbench/workbench.js';

export { entryOf, secretOf, TENANTS } from '../../support/entries.js';

/** What a person does with a question: types an answer, or chooses one of several. */
export type Reply = string | { readonly choose: string };

export const choose = (label: string): Reply => ({ choose: label });

/** Answers one question after the other. */
export async function reply(editor: Workbench, ...replies: readonly Reply[]): Promise<void> {
  for (const each of replies) await (typeof each === 'string' ? editor.answer(each) : editor.quickPick(each.choose));
}

/** Adds a tenant from the palette up to the questions about its API token. */
export async function addTenant(editor: Workbench, kind: string, ...replies: readonly Reply[]): Promise<void> {
  await editor.command('Tenant Tokens: Add Tenant…');
  await reply(editor, choose(kind), ...replies);
}

/**
 * Enters an API token for a tenant by the button of its row, and waits until it was exchanged, if that costs nothing.
 * @param name is asked for from the second token on; the first one is renamed
 */
export async function addToken(editor: Workbench, tenant: string, name: string, ...replies: readonly Reply[]): Promise<void> {
  const isFirst = (await editor.rows()).every(({ path }) => path.at(-2) !== tenant);
  await editor.clearNotifications();
  await editor.inlineAction(tenant, 'Add API Token…');
  await reply(editor, ...(isFirst ? replies : [name, ...replies]));
  const isSaid = async () =>
    (await editor.notifications()).some(({ inProgress, text }) => !inProgress && !text.startsWith('Exchanging'));
  await until('what became of the API token', isSaid, { seen: () => editor.notifications() });
  await editor.clearNotifications();
  if (!isFirst) return;
  await editor.contextMenu([tenant, FIRST], 'Rename API Token…');
  await editor.answer(name);
  await until(
    `${tenant} › ${name}`,
    async () => (await editor.rows()).some(({ path }) => path.join() === [tenant, name].join()),
    {
      seen: () => editor.rows(),
    },
  );
}

/** The name of a tenant's first API token. */
export const FIRST = 'Default';

/** Types another answer after a wrong one, waits until it is found right, and confirms it. */
export async function correct(editor: Workbench, text: string): Promise<void> {
  await editor.type(text);
  await until('the complaint to go', async () => (await editor.prompt()).severity !== 'error', { seen: () => editor.prompt() });
  await editor.answer(text);
}

/** Goes back a step by the button in the title of a question. */
export async function goBack(editor: Workbench): Promise<void> {
  const { title } = await editor.prompt();
  await editor.page.locator('.quick-input-titlebar').getByRole('button', { name: 'Back' }).click();
  await until('the question before', async () => (await editor.prompt()).title !== title);
}

/** Waits until a row says something beside its label: the tree is drawn a little after what it shows has changed. */
export function rowSaying(editor: Workbench, path: readonly string[], description: RegExp): Promise<Row> {
  return until(
    `${path.join(' › ')} to say ${String(description)}`,
    async () => {
      const rows = await editor.rows();
      return rows.find((row) => row.path.join('\n') === path.join('\n') && description.test(row.description));
    },
    { seen: () => editor.rows() },
  );
}

/** Waits until a row is gone. */
export async function rowGone(editor: Workbench, label: string): Promise<void> {
  await until(`${label} to go`, async () => (await editor.rows()).every((row) => row.label !== label), {
    seen: () => editor.rows(),
  });
}

/** The tenants as settings.json has them. */
export const tenantsIn = (editor: Workbench): unknown[] => (editor.settings()[TENANTS] as unknown[] | undefined) ?? [];
