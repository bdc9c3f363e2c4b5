import type * as vscode from 'vscode';
import type { Dialects } from '../editor/references/clients.js';
import type { OpenReferences } from '../editor/references/openReferences.js';
import type { CredentialCache } from '../editor/credentialCache.js';
import { AppError } from '../base/errors.js';
import type { Clipboard } from '../handoff/clipboard.js';
import type { LastForm } from '../handoff/copyAs/lastForm.js';
import type { OpenStream, ReadCertificate, Send } from '../net/http.js';
import type { HostConsents } from '../tenants/hostConsents.js';
import type { ProductionConsents } from '../tenants/productionConsents.js';
import type { Tenants } from '../tenants/tenants.js';
import type { ActiveToken } from '../tokens/activeToken.js';
import type { Broker } from '../exchange/broker.js';
import type { IssuedTokens } from '../tokens/issuedTokens.js';
import type { KeptSecrets } from '../tokens/keptSecrets.js';
import type { History } from '../tokens/history.js';
import type { ReferenceNames } from '../tokens/referenceNames.js';
import type { Reminders } from '../tokens/reminders.js';
import type { Refresher } from '../exchange/refresher.js';
import type { TokenManager } from '../management/tokenManager.js';
import type { TokenNotes } from '../tokens/tokenNotes.js';
import type { Vault } from '../store/vault.js';
import type { AnswerDocuments } from '../views/answers/answerDocuments.js';
import type { GatewayRequests } from '../views/gatewayRequests.js';
import type { Inspector } from '../views/inspector.js';
import type { Prompter } from '../views/prompter.js';
import type { TenantTree } from '../views/tenantTree.js';
import type { Timeline } from '../views/timeline.js';
import type { TraceDocuments } from '../views/traceDocuments.js';
import type { DocumentConsents } from './requests/documentConsents.js';
import type { GatewayRun } from './gateway/gatewayRun.js';
import type { SandboxRun } from './sandboxRun.js';

/** The services that run from activation on; core.ts creates them. */
export interface Core {
  readonly tenants: Tenants;
  readonly vault: Vault;
  readonly broker: Broker;
  readonly refresher: Refresher;
  readonly manager: TokenManager;
  readonly notes: TokenNotes;
  readonly history: History;
  readonly reminders: Reminders;
  readonly active: ActiveToken;
  readonly issued: IssuedTokens;
  readonly tree: TenantTree;
  readonly send: Send;
  readonly stream: OpenStream;
  readonly readCertificate: ReadCertificate;
  readonly globalState: vscode.Memento;
  readonly log: vscode.LogOutputChannel;
}

/** The services of commands; features.ts creates them on first use. They hold no access token: see {@link AccessTokens}. */
export interface Services extends Omit<Core, 'broker' | 'vault'> {
  readonly broker: Omit<Broker, 'access' | 'exchange' | 'peek' | 'onDidIssue'>;
  readonly vault: Omit<Vault, 'read' | 'readNewest'>;
  readonly prompter: Prompter;
  readonly names: ReferenceNames;
  readonly consents: HostConsents;
  readonly production: ProductionConsents;
  readonly documents: DocumentConsents;
  readonly dialects: Dialects;
  readonly credentials: CredentialCache;
  readonly keptSecrets: KeptSecrets;
  readonly openReferences: OpenReferences;
  readonly clipboard: Clipboard;
  readonly copyForm: LastForm;
  readonly traces: TraceDocuments;
  readonly answers: AnswerDocuments;
  readonly inspector: Inspector;
  readonly timeline: Timeline;
  readonly sandbox: SandboxRun;
  readonly gateway: GatewayRun;
  readonly gatewayRequests: GatewayRequests;
  /** The folder for the sandbox's sample files: the extension's own, outside of any workspace. */
  readonly sampleFolder: vscode.Uri;
}

/** Where access tokens come from, for commands that the table of commands (index.ts) says exchange or hand out. */
export interface AccessTokens {
  readonly broker: Broker;
}

/** What a command is about, by ids: from a row of the tree, a lens, a keybinding or a task. */
export interface Target {
  readonly tenant?: string;
  readonly token?: string;
  /** The service's id of an API token. */
  readonly remote?: string;
  /** The index of an entry of the setting, whose id may be wrong. */
  readonly entry?: number;
  /** The line of the request that is meant instead of those at the cursors, and the URI of its document. */
  readonly document?: string;
  readonly line?: number;
}

/** The services that a function uses, itself or through what it calls. */
export type Uses<Name extends keyof Services> = Pick<Services, Name>;

/** A command with the services it uses. It returns nothing, because any extension may run it. */
export type Command<Used = Services> = (services: Used, target: Target) => Promise<void>;

/** Adds the tenant and token to an error of `work`. @throws TargetedError for an AppError */
export async function about<T>(target: Target, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof AppError ? new TargetedError(error, target) : error;
  }
}

/** An error with its tenant and token, for the message and its buttons. */
export class TargetedError extends Error {
  override readonly name = 'TargetedError';
  readonly error: AppError;
  readonly target: Target;

  constructor(error: AppError, target: Target) {
    super(error.code);
    this.error = error;
    this.target = target;
  }
}
