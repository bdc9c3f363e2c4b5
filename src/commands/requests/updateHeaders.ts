import * as vscode from 'vscode';
import { destinationsOf } from '../../editor/references/destinations.js';
import { applyToDocument, linesOf, openDocuments } from '../../editor/document.js';
import type { Credential } from '../../editor/credentialCache.js';
import type { TextEdit } from '../../httpFile/index.js';
import { mayChange } from '../../tenants/productionConsents.js';
import type { Access } from '../../store/record.js';
import type { Choice, Prompter } from '../../views/prompter.js';
import { answered } from '../../views/prompts.js';
import type { AccessTokens, Command, Target, Uses } from '../command.js';
import { holdsUnasked, mayHold, type ConfirmsDocument } from './documentConsents.js';
import { confirmProduction, type ConfirmsProduction } from '../access/confirmProduction.js';
import { confirmDestination, type ConfirmsHost } from './confirmDestination.js';
import { namedToken, type Chosen } from '../selectToken.js';
import { acquireAccessToken, type AcquiresToken } from '../access/acquireAccessToken.js';

/** A document with access tokens of ours that newer ones can replace. */
interface Outdated {
  readonly document: vscode.TextDocument;
  readonly version: number;
  readonly literals: readonly (Credential & { readonly referred: Chosen })[];
}

/** Replaces expired access tokens of ours in the file or in all open files, one undo step in each. */
export const updateHeaders: Command<
  AcquiresToken & ConfirmsHost & ConfirmsDocument & ConfirmsProduction & Uses<'credentials'>
> = async (services, target) => {
  const isExpired = ({ expiresAt }: Credential): boolean => typeof expiresAt === 'number' && expiresAt <= Date.now();
  const all = await outdated(services, target, isExpired);
  const files = await askFiles(services.prompter, all);
  if (!files) return;
  const allowed: Outdated[] = [];
  for (const file of files) if (await mayUpdate(services, file)) allowed.push(file);
  const updated = await update(services, allowed);
  if (updated > 0) services.prompter.done(vscode.l10n.t('Headers updated: {0}', updated));
};

/** For the setting `updateHeadersOnExchange`: replaces former access tokens wherever that needs no question. */
export async function updateOnExchange(
  services: AccessTokens & Uses<'consents' | 'credentials' | 'documents' | 'production' | 'tenants' | 'vault'>,
  id: string,
): Promise<void> {
  const { tenant } = namedToken(services, id);
  const access = services.broker.peek(tenant, id);
  if (!access) return;
  const files = await outdated(services, { token: id }, ({ match }) => match.text !== access.token);
  for (const { document, version, literals } of files) {
    // The document was edited while another file was written.
    if (document.version !== version) continue;
    if (!holdsUnasked(services, tenant, document)) continue;
    const mayGoThere = literals.filter(
      ({ match: { requests } }) =>
        (services.production.allows(tenant) || !requests.some(mayChange)) &&
        destinationsOf(document, linesOf(document), requests).every((one) => services.consents.allows(tenant, one)),
    );
    const edits = mayGoThere.map((literal) => replacing(literal, access.token));
    if (edits.length > 0) await applyToDocument(document, edits);
  }
}

async function outdated(
  services: Uses<'credentials'>,
  target: Target,
  isOutdated: (literal: Credential) => boolean,
): Promise<Outdated[]> {
  const files = (await openDocuments()).map(async (document) => {
    const credentials = await services.credentials.of(document);
    const { version } = document;
    const literals = credentials.flatMap((one) => {
      const { referred } = one;
      if (one.match.kind !== 'literal' || !referred || !isOutdated(one)) return [];
      const isMeant =
        (target.token ?? referred.token.id) === referred.token.id && (target.tenant ?? referred.tenant.id) === referred.tenant.id;
      return isMeant ? [{ ...one, referred }] : [];
    });
    return { document, version, literals };
  });
  return (await Promise.all(files)).filter(({ literals }) => literals.length > 0);
}

async function askFiles(prompter: Prompter, all: readonly Outdated[]): Promise<readonly Outdated[] | undefined> {
  const active = vscode.window.activeTextEditor?.document;
  const own = all.filter(({ document }) => document === active);
  if (all.length === 0) {
    void prompter.notify('info', vscode.l10n.t('No header of yours in an open file has expired.'));
    return undefined;
  }
  if (own.length === all.length) return all;
  const count = (files: readonly Outdated[]): number => files.reduce((sum, { literals }) => sum + literals.length, 0);
  const choices: Choice<readonly Outdated[]>[] = [
    ...(own.length > 0 ? [{ label: vscode.l10n.t('This file'), description: String(count(own)), value: own }] : []),
    { label: vscode.l10n.t('All open files'), description: String(count(all)), detail: namesOf(all), value: all },
  ];
  const placeholder = vscode.l10n.t('Where do you want to replace the expired headers?');
  return await answered(prompter.choice({ title: vscode.l10n.t('Update Headers'), placeholder, choices }));
}

const namesOf = (files: readonly Outdated[]): string =>
  files.map(({ document }) => vscode.workspace.asRelativePath(document.uri)).join(', ');

async function mayUpdate(services: ConfirmsDocument & ConfirmsProduction, { document, literals }: Outdated): Promise<boolean> {
  for (const { referred, match } of literals) {
    if (!(await mayHold(services, referred.tenant, document))) return false;
    if (!(await confirmProduction(services, referred.tenant, 'insert', match.requests))) return false;
  }
  return true;
}

/** @returns how many tokens were replaced */
async function update(
  services: AcquiresToken & ConfirmsHost & ConfirmsProduction & Uses<'credentials'>,
  files: readonly Outdated[],
): Promise<number> {
  const wanted = new Map(files.flatMap(({ literals }) => literals.map(({ referred }) => [referred.token.id, referred])));
  const fresh: { readonly referred: Chosen; readonly access: Access }[] = [];
  for (const referred of wanted.values()) {
    const access = await acquireAccessToken(services, referred);
    if (access) fresh.push({ referred, access });
  }
  let updated = 0;
  for (const { document } of files) {
    // Read again, because the exchange took time. The questions below may, too.
    const credentials = await services.credentials.of(document);
    const { version } = document;
    const edits: TextEdit[] = [];
    for (const { referred, access } of fresh)
      edits.push(...(await replacements(services, document, credentials, referred, access)));
    if (edits.length > 0) await applyToDocument(document, edits, version);
    updated += edits.length;
  }
  return updated;
}

/** The edits that replace a document's former access tokens; empty if the new one may not go there. */
async function replacements(
  services: ConfirmsHost & ConfirmsProduction,
  document: vscode.TextDocument,
  credentials: readonly Credential[],
  { tenant, token }: Chosen,
  access: Access,
): Promise<TextEdit[]> {
  const former = credentials.filter(
    ({ match: { kind, text }, referred }) => kind === 'literal' && referred?.token.id === token.id && text !== access.token,
  );
  if (former.length === 0) return [];
  const requests = former.flatMap(({ match }) => match.requests);
  const isAllowed =
    (await confirmDestination(services, tenant, destinationsOf(document, linesOf(document), requests), 'insert')) &&
    (await confirmProduction(services, tenant, 'insert', requests));
  return isAllowed ? former.map((literal) => replacing(literal, access.token)) : [];
}

function replacing({ match: { line, start, end } }: Credential, text: string): TextEdit {
  return { startLine: line, startCharacter: start, endLine: line, endCharacter: end, text };
}
