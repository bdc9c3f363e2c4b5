import * as vscode from 'vscode';
import { referenceTo } from '../httpFile/index.js';
import { isAllowedHost } from '../tenants/hosts.js';
import type { ReferenceNames, Referred } from '../tokens/referenceNames.js';
import { explain, subjectOf } from '../views/messages.js';
import { dialectsHere } from './references/clients.js';
import type { Diagnostics, Shown } from './diagnostics.js';
import type { Finding } from './findings.js';
import type { Place } from './references/judgement.js';
import type { Credential, CredentialCache } from './credentialCache.js';
import { isInScope } from './scope.js';

/** Takes a document and a code. Not in the palette: it needs both. */
export const DISMISS = '_tenantTokens.dismiss';

/** For more, *Choose Tenant…* has a searchable list. */
const MAX_DIRECT = 5;

interface Model {
  readonly names: ReferenceNames;
  readonly credentials: CredentialCache;
  readonly diagnostics: Diagnostics;
}

/** Offers remedies for the findings in *Problems*, and a reference for each token whose API token is known. */
export class QuickFixes implements vscode.CodeActionProvider {
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  async provideCodeActions(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.CodeAction[]> {
    if (!isInScope(document)) return [];
    const { credentials, diagnostics } = this.#model;
    const credential = await credentials.of(document);
    const shown = diagnostics.at(document, range);
    const literals = credential
      .filter((one) => one.match.kind === 'literal' && rangeOf(one).intersection(range))
      .flatMap((one) => this.#replacement(document, one, shown) ?? []);
    const remedies = shown.flatMap((one) => helping(one, this.#remedies(document, one.finding)));
    const dismissals = shown.flatMap((one) => helping(one, [dismissal(document, one.finding)]));
    // Without a client, nothing would resolve the reference.
    return dialectsHere().length > 0 ? [...literals, ...remedies, ...dismissals] : [...remedies, ...literals, ...dismissals];
  }

  /** Replaces exactly the token by a reference. */
  #replacement(document: vscode.TextDocument, literal: Credential, shown: readonly Shown[]): vscode.CodeAction | undefined {
    const name = literal.referred && this.#model.names.nameOf(literal.referred.token.id);
    if (name === undefined) return undefined;
    const helped = shown.filter(
      ({ finding: { code, credential } }) =>
        code !== 'foreign-host' && credential.match.line === literal.match.line && credential.match.start === literal.match.start,
    );
    const action = writing(document, literal, vscode.l10n.t('Replace by Reference {0}', name), name);
    action.isPreferred = dialectsHere().length > 0;
    action.diagnostics = helped.map(({ diagnostic }) => diagnostic);
    return action;
  }

  #remedies(document: vscode.TextDocument, finding: Finding): vscode.CodeAction[] {
    const { credential } = finding;
    switch (finding.code) {
      case 'expired-literal':
        return credential.referred ? [about(credential.referred, vscode.l10n.t('Update Header'), 'updateHeaders')] : [];
      case 'unknown-reference':
        return [...this.#fitting(document, credential), chooseTenant()];
      case 'attention': {
        const { actions } = explain(finding.error, subjectOf(finding.referred.tenant, finding.referred.token));
        const fixes = actions.map(({ title, command }) => running(title, command, targetOf(finding.referred)));
        const hasExchange = actions.some(({ command }) => command === 'tenantTokens.exchange');
        return hasExchange ? fixes : [...fixes, exchange(finding.referred)];
      }
      case 'foreign-host': {
        const { tenant } = finding.referred;
        const allow = running(vscode.l10n.t('Allow This Host…'), 'tenantTokens.allowHost', { tenant: tenant.id });
        return [...this.#fitting(document, credential), chooseTenant(), allow];
      }
      case 'literal-in-git':
        return [];
      case 'not-resolved':
        return unresolvedRemedies(finding);
    }
  }

  /** References of tenants whose hosts include every host of the requests. */
  #fitting(document: vscode.TextDocument, misplaced: Credential): vscode.CodeAction[] {
    const { hosts } = misplaced;
    const isAt = (tenant: Referred['tenant']): boolean =>
      hosts.length > 0 && hosts.every((host) => host !== undefined && isAllowedHost(tenant, host));
    const fitting = this.#model.names.all.filter(({ tenant }) => isAt(tenant)).slice(0, MAX_DIRECT);
    return fitting.map(({ name }) => {
      const action = writing(document, misplaced, vscode.l10n.t('Use {0}', name), name);
      action.isPreferred = fitting.length === 1;
      return action;
    });
  }
}

function helping({ diagnostic }: Shown, fixes: readonly vscode.CodeAction[]): readonly vscode.CodeAction[] {
  for (const fix of fixes) fix.diagnostics = [diagnostic];
  return fixes;
}

/** The title contains the code because several findings may share a place. */
function dismissal(document: vscode.TextDocument, { code }: Finding): vscode.CodeAction {
  return running(vscode.l10n.t('Dismiss {0} for This File', code), DISMISS, document.uri.toString(), code);
}

function unresolvedRemedies({ referred, why, culprit }: Extract<Finding, { code: 'not-resolved' }>): vscode.CodeAction[] {
  switch (why) {
    case 'not-allowed':
    case 'refused':
      return [running(vscode.l10n.t('Let REST Client Resolve References…'), 'tenantTokens.allowReferences')];
    case 'not-published':
      return [exchange(referred)];
    case 'withheld':
      return culprit ? [goTo(culprit)] : [];
    case 'production':
      return [
        about(referred, vscode.l10n.t('Allow Requests in Production…'), 'allowReferences'),
        ...(culprit ? [goTo(culprit)] : []),
      ];
    case 'clash':
      return [about(referred, vscode.l10n.t('Rename API Token…'), 'renameToken')];
  }
}

function goTo({ uri, line }: Place): vscode.CodeAction {
  const selection = new vscode.Range(line, 0, line, 0);
  return running(vscode.l10n.t('Go to That Request'), 'vscode.open', uri, { selection } satisfies vscode.TextDocumentShowOptions);
}

const chooseTenant = (): vscode.CodeAction => running(vscode.l10n.t('Choose Tenant…'), 'tenantTokens.insertReference');

const exchange = (referred: Referred): vscode.CodeAction => about(referred, vscode.l10n.t('Exchange'), 'exchange');

const targetOf = ({ tenant, token }: Referred) => ({ tenant: tenant.id, token: token.id });

const about = (referred: Referred, title: string, command: string): vscode.CodeAction =>
  running(title, `tenantTokens.${command}`, targetOf(referred));

/** An action that runs a command, with ids but never with a token. */
function running(title: string, command: string, ...args: readonly unknown[]): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.command = { title, command, arguments: [...args] };
  return action;
}

/** An action that replaces a credential by a reference. */
function writing(document: vscode.TextDocument, one: Credential, title: string, name: string): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.edit = new vscode.WorkspaceEdit();
  action.edit.replace(document.uri, rangeOf(one), referenceTo(name));
  return action;
}

const rangeOf = ({ match: { line, start, end } }: Credential): vscode.Range => new vscode.Range(line, start, line, end);
