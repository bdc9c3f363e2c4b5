import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { platformOf } from '../../platforms/index.js';
import type { TokenFormField, Lifecycle } from '../../platforms/lifecycle.js';
import type { Tenant } from '../../platforms/tenant.js';
import type { ManagementFlow, Orphan } from '../../management/tokenManager.js';
import type { TokenEntry } from '../../store/tokenEntry.js';
import { can } from '../../views/capabilities.js';
import { explain, subjectOf } from '../../views/messages.js';
import type { Choice, Option, Prompter } from '../../views/prompter.js';
import { askInTurn, answered, confirmed, confirmTyped } from '../../views/prompts.js';
import { enterToken, takeUp, type TakesUpToken } from '../tokens/addToken.js';
import type { Command, Uses } from '../command.js';
import { completeForm, formSteps, type EnteredForm } from './tokenFormQuestions.js';
import { noteUse } from '../noteUse.js';
import { selectTenant } from '../selectToken.js';
import { signedIn, type SignsIn } from './signIn.js';
import { isOfSandbox, openInBrowser, validateTokenName } from '../tokens/tokenQuestions.js';

/** Names at a service may be longer. */
const MAX_NAME_LENGTH = 64;

/** Creates an API token at the service and stores it without showing it, or opens the portal to create one. */
export const createToken: Command<SignsIn & TakesUpToken & Uses<'history'>> = async (services, target) => {
  const title = vscode.l10n.t('Create API Token');
  const tenant = await selectTenant(services, target, title);
  if (!tenant) return;
  const { lifecycle } = platformOf(tenant);
  const way = await askWay(services.prompter, tenant, title);
  if (way === 'portal') await createInPortal(services, tenant, title);
  if (way === 'here' && lifecycle) await createHere(services, tenant, title, lifecycle);
};

/** Offers the portal where people may have no password, as with single sign-on. */
async function askWay(prompter: Prompter, tenant: Tenant, title: string): Promise<'here' | 'portal' | undefined> {
  const platform = platformOf(tenant);
  if (!can(tenant, 'create')) return 'portal';
  if (platform.lifecycle?.authority !== 'login' || !platform.portal) return 'here';
  const ways: Choice<'here' | 'portal'>[] = [
    {
      label: vscode.l10n.t('Sign in here'),
      detail: vscode.l10n.t('With user and password. The token is created and kept without being shown.'),
      value: 'here',
    },
    {
      label: vscode.l10n.t('Create it in the portal'),
      detail: vscode.l10n.t('For single sign-on. Opens the portal; you paste the token here.'),
      value: 'portal',
    },
  ];
  const placeholder = vscode.l10n.t('Where is it created?');
  return await answered(prompter.choice({ title: `${title}: ${tenant.name}`, placeholder, choices: ways }));
}

async function createInPortal(services: TakesUpToken & Uses<'tenants'>, tenant: Tenant, title: string): Promise<void> {
  if (isOfSandbox(services, tenant)) return;
  const portal = platformOf(tenant).portal?.(tenant);
  if (portal) await openInBrowser(portal.url);
  await enterToken(services, tenant, title, true);
}

async function createHere(
  services: SignsIn & TakesUpToken & Uses<'history'>,
  tenant: Tenant,
  title: string,
  { createFields = [] }: Lifecycle,
): Promise<void> {
  const { prompter } = services;
  const draft: EnteredForm = {};
  const check = (field: TokenFormField, value: string): string | undefined =>
    field.key === 'name' ? validateTokenName(services, tenant, localName(value))?.problem : undefined;
  if (!(await askInTurn(() => formSteps(prompter, createFields, `${title}: ${tenant.name}`, draft, check)))) return;
  const token = await signedIn(services, tenant, title, (flow) => {
    const complete = completeForm(createFields, draft);
    const name = localName(complete['name'] ?? '');
    return withOrphans(prompter, tenant, flow, complete['name'] ?? '', () =>
      prompter.steadyProgress(vscode.l10n.t('Creating the API token “{0}” of {1}', name, tenant.name), () =>
        flow.create(complete, name),
      ),
    );
  });
  if (!token) return;
  noteUse(services, { tenant, token }, 'created');
  await takeUp(services, tenant, token);
}

const localName = (name: string): string => (name.length <= MAX_NAME_LENGTH ? name : `${name.slice(0, MAX_NAME_LENGTH - 1)}…`);

/** Handles a token that the service created and this machine did not store: stores it after all, or offers to revoke it. */
async function withOrphans(
  prompter: Prompter,
  tenant: Tenant,
  flow: ManagementFlow,
  name: string,
  work: () => Promise<TokenEntry | undefined>,
): Promise<TokenEntry | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (flow.isUnkept) return keepOrRevoke(prompter, tenant, flow, name, error);
    // A revoked token needs no error message.
    if (flow.orphan && (await offerToRevoke(prompter, tenant, flow, flow.orphan))) return undefined;
    throw error;
  }
}

/** Asks what to do with a new token that is only in memory. */
async function keepOrRevoke(
  prompter: Prompter,
  tenant: Tenant,
  flow: ManagementFlow,
  name: string,
  error: AppError,
): Promise<TokenEntry | undefined> {
  const { orphan } = flow;
  const again: Option<'keep' | 'revoke'> = { label: vscode.l10n.t('Store Again'), value: 'keep' };
  const revoke: Option<'keep' | 'revoke'> = { label: vscode.l10n.t('Revoke at Service'), value: 'revoke' };
  const options = orphan && can(tenant, 'revoke') ? [again, revoke] : [again];
  let problem = error;
  for (;;) {
    const detail = vscode.l10n.t(
      '{0} Until you answer, the token is only in this window’s memory; after that, its value is lost.',
      explain(problem, subjectOf(tenant)).text,
    );
    const message = vscode.l10n.t('{0} created the API token “{1}”, but it could not be stored', tenant.name, name);
    const way = await prompter.confirm({ message, detail, options });
    if (way === undefined) throw error;
    try {
      if (way === 'keep' || !orphan) return await flow.keepAgain();
      await revokeOrphan(prompter, tenant, flow, orphan);
      return undefined;
    } catch (cause) {
      if (!(cause instanceof AppError)) throw cause;
      problem = cause;
    }
  }
}

/** @returns whether it was revoked */
async function offerToRevoke(prompter: Prompter, tenant: Tenant, flow: ManagementFlow, orphan: Orphan): Promise<boolean> {
  const { name, certainty } = orphan;
  if (!can(tenant, 'revoke')) return false;
  const question = vscode.l10n.t('Revoke the API token “{0}” at {1}?', name, tenant.name);
  const why = vscode.l10n.t('It would stay at the service unnoticed. Create another one after that.');
  const made = vscode.l10n.t(
    '{0} created the API token “{1}” but did not return its value: nobody can use it.',
    tenant.name,
    name,
  );
  const found = vscode.l10n.t(
    'The answer of {0} was lost, and it lists an API token “{1}” that is not kept here. If nobody else has made it, type its name to revoke it.',
    tenant.name,
    name,
  );
  // A token found only by its name may be in use elsewhere.
  const yes =
    certainty === 'made'
      ? await confirmed(prompter, question, `${made} ${why}`, vscode.l10n.t('Revoke'))
      : await confirmTyped(prompter, question, `${found} ${why}`, name);
  if (yes) await revokeOrphan(prompter, tenant, flow, orphan);
  return yes;
}

async function revokeOrphan(prompter: Prompter, tenant: Tenant, flow: ManagementFlow, { id, name }: Orphan): Promise<void> {
  await flow.revoke(id);
  prompter.done(vscode.l10n.t('API token “{0}” revoked at {1}', name, tenant.name));
}
