import * as vscode from 'vscode';
import { clientsHere } from '../../editor/references/clients.js';
import { AppError } from '../../base/errors.js';
import { referenceTo } from '../../httpFile/index.js';
import type { Header } from '../../platforms/platform.js';
import type { Tenant } from '../../platforms/tenant.js';
import { settings } from '../../settings.js';
import type { Access } from '../../store/record.js';
import type { Choice, Prompter } from '../../views/prompter.js';
import { answered } from '../../views/prompts.js';
import type { Uses } from '../command.js';
import { mayHold, type ConfirmsDocument } from './documentConsents.js';
import type { Chosen } from '../selectToken.js';
import { askToPublish } from '../access/askToPublish.js';

/** What to write into a file: the access token, or a reference that is resolved when the request is sent. */
export type Form = 'reference' | 'token';

/** Auth headers to write into a file. */
export interface Insertable {
  readonly form: Form;
  /** The environment name of a reference. */
  readonly name: string;
  readonly headers: readonly Header[];
}

/**
 * What to write into a document, from the setting or the person.
 * @param form undefined: from the setting, or ask
 * @returns undefined when the person cancelled, or the document may not hold the access token
 */
export async function chooseForm(
  services: ConfirmsDocument,
  tenant: Tenant,
  document: vscode.TextDocument,
  form?: Form,
): Promise<Form | undefined> {
  const { prompter } = services;
  const chosen = await possible(prompter, form ?? (await wanted(prompter)));
  return chosen === 'token' && !(await mayHold(services, tenant, document)) ? undefined : chosen;
}

/** @throws AppError `token-unknown` if the API token was removed meanwhile */
export function insertableOf(
  { names, broker }: Uses<'broker' | 'names'>,
  { tenant, token }: Chosen,
  form: Form,
  access: Access,
): Insertable {
  const name = names.nameOf(token.id);
  if (name === undefined) throw new AppError('token-unknown');
  const written = form === 'reference' ? referenceTo(name) : access.token;
  return { form, name, headers: broker.headers(tenant, token.id, written) };
}

/** Asks where both forms are possible, and stores the answer in the settings. */
async function wanted(prompter: Prompter): Promise<Form | undefined> {
  const set = settings.insertAs();
  if (set !== 'ask') return set;
  const { httpYac, restClient } = clientsHere();
  if (!httpYac && !restClient) return 'token';
  const choices: Choice<Form>[] = [
    {
      label: vscode.l10n.t('Reference'),
      icon: 'link',
      detail: vscode.l10n.t('The file holds no token: your HTTP client asks for it when it sends the request'),
      value: 'reference',
    },
    {
      label: vscode.l10n.t('Access token'),
      icon: 'key',
      detail: vscode.l10n.t('The token itself: whoever gets the file can use it until it expires'),
      value: 'token',
    },
  ];
  const placeholder = vscode.l10n.t('What is written into files? Kept in the setting tenantTokens.insertAs');
  const form = await answered(prompter.choice({ title: vscode.l10n.t('Insert Headers'), placeholder, choices }));
  if (form !== undefined) await settings.setInsertAs(form);
  return form;
}

/** *Try Request* and httpYac resolve any reference; REST Client needs permission. */
async function possible(prompter: Prompter, form: Form | undefined): Promise<Form | undefined> {
  if (form !== 'reference') return form;
  const { httpYac, restClient } = clientsHere();
  const leave = settings.publishReferences();
  const mustAsk = restClient && (httpYac ? leave === undefined : leave !== true);
  if (!mustAsk) return 'reference';
  const answer = await askToPublish(prompter, httpYac ? vscode.l10n.t('Only in httpYac') : vscode.l10n.t('Insert Access Token'));
  if (answer === 'refused') return httpYac ? 'reference' : 'token';
  return answer && 'reference';
}
