import * as vscode from 'vscode';
import type { Event } from '../base/event.js';
import type { Dialect } from '../httpFile/index.js';
import { settings } from '../settings.js';
import type { HostConsents } from '../tenants/hostConsents.js';
import type { Tenants } from '../tenants/tenants.js';
import type { Broker } from '../exchange/broker.js';
import type { IssuedTokens } from '../tokens/issuedTokens.js';
import type { ReferenceNames } from '../tokens/referenceNames.js';
import type { Vault } from '../store/vault.js';
import { CodeLenses } from './codeLenses.js';
import { Completions, TRIGGERS } from './completion.js';
import { Diagnostics } from './diagnostics.js';
import { followEdits } from './document.js';
import type { FindingCode } from './findings.js';
import type { Git } from './foundTokens/git.js';
import { Hovers } from './hover.js';
import type { Culprit } from './references/judgement.js';
import { DISMISS, QuickFixes } from './quickFixes.js';
import type { CredentialCache } from './credentialCache.js';
import type { Resolution } from './references/resolution.js';
import { SELECTOR } from './scope.js';
import { Statuses } from './statuses.js';

export interface EditorModel {
  readonly tenants: Tenants;
  readonly vault: Vault;
  readonly broker: Broker;
  readonly names: ReferenceNames;
  readonly issued: IssuedTokens;
  readonly consents: HostConsents;
  readonly credentials: CredentialCache;
  readonly dialects: { readonly current: Dialect };
  readonly git: Pick<Git, 'isKept' | 'onDidChange'>;
  /** Whether a client resolves a reference when it sends a request. */
  resolution(name: string): Resolution;
  withheldBy(name: string): Culprit | undefined;
  readonly onDidChangeResolution: Event<void>;
}

/**
 * Registers everything that a person sees in the editor of `.http` files. The owner of the credentials keeps the cache up to
 * date.
 */
export function registerEditor(model: EditorModel): vscode.Disposable {
  const { tenants, vault, broker, issued, consents, credentials } = model;
  const statuses = new Statuses(broker);
  const lenses = new CodeLenses(credentials, statuses, model);
  const diagnostics = new Diagnostics({ ...model, statuses });
  const refresh = (): void => {
    lenses.refresh();
    diagnostics.refresh();
  };
  return vscode.Disposable.from(
    followEdits(),
    lenses,
    diagnostics,
    tenants.onDidChange(refresh),
    vault.onDidChangeList(refresh),
    issued.onDidChange(refresh),
    broker.onDidChange(refresh),
    vscode.extensions.onDidChange(refresh),
    settings.onDidChange((affects) => {
      if (affects('httpClient') || affects('publishReferences')) refresh();
    }),
    consents.onDidChange(() => diagnostics.refresh()),
    model.git.onDidChange(() => diagnostics.refresh()),
    model.onDidChangeResolution(refresh),
    vscode.commands.registerCommand(DISMISS, (uri: string, code: FindingCode) => diagnostics.dismiss(uri, code)),
    vscode.languages.registerCodeLensProvider(SELECTOR, lenses),
    vscode.languages.registerHoverProvider(SELECTOR, new Hovers(credentials, broker, model)),
    vscode.languages.registerCompletionItemProvider(SELECTOR, new Completions(model), ...TRIGGERS),
    vscode.languages.registerCodeActionsProvider(SELECTOR, new QuickFixes({ ...model, diagnostics }), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
  );
}
