import * as vscode from 'vscode';
import type { HostConsents } from '../tenants/hostConsents.js';
import { destinationsIn } from './references/destinations.js';
import { findingsOf, nextExpiry, type Finding, type FindingCode, type Surroundings } from './findings.js';
import { findingText, severityOf } from './findingTexts.js';
import type { Git } from './foundTokens/git.js';
import type { Culprit } from './references/judgement.js';
import type { CredentialCache } from './credentialCache.js';
import type { Resolution } from './references/resolution.js';
import { isInScope } from './scope.js';
import type { Statuses } from './statuses.js';

/** Wait for a pause in typing before reporting anything. */
const TYPING_MS = 400;
/** A long document takes longer, so it is checked less often. */
const TYPING_MS_PER_LINE = 0.01;
/** Changes of tokens come in groups. */
const SETTLE_MS = 50;
/** A message names no more. */
const MAX_DESTINATIONS = 8;
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

export interface DiagnosticsModel {
  readonly credentials: CredentialCache;
  readonly statuses: Statuses;
  readonly consents: HostConsents;
  readonly git: Pick<Git, 'isKept'>;
  resolution(name: string): Resolution;
  withheldBy(name: string): Culprit | undefined;
}

/** A finding and the diagnostic that shows it. */
export interface Shown {
  readonly finding: Finding;
  readonly diagnostic: vscode.Diagnostic;
}

interface Looked {
  readonly version: number;
  readonly shown: readonly Shown[];
  readonly nextExpiry: number | undefined;
}

/** Reports problems with references and tokens of the open documents in *Problems*. */
export class Diagnostics implements vscode.Disposable {
  readonly #model: DiagnosticsModel;
  readonly #collection = vscode.languages.createDiagnosticCollection('tenantTokens');
  readonly #subscriptions: vscode.Disposable;
  readonly #looked = new Map<vscode.TextDocument, Looked>();
  readonly #waiting = new Map<vscode.TextDocument, NodeJS.Timeout>();
  /** By document, the findings that the person has dismissed for this session. */
  readonly #dismissed = new Map<string, Set<FindingCode>>();
  #expiryTimer: NodeJS.Timeout | undefined;
  #isDisposed = false;

  constructor(model: DiagnosticsModel) {
    this.#model = model;
    this.#subscriptions = vscode.Disposable.from(
      this.#collection,
      vscode.workspace.onDidOpenTextDocument((document) => this.#lookAfter(document, SETTLE_MS)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#lookAfter(document, TYPING_MS + document.lineCount * TYPING_MS_PER_LINE);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)),
    );
    this.refresh();
  }

  /** Call it when something that findings depend on has changed. */
  refresh(): void {
    for (const document of vscode.workspace.textDocuments) this.#lookAfter(document, SETTLE_MS);
  }

  /** The findings shown at a place; empty if the text has changed since. */
  at(document: vscode.TextDocument, range: vscode.Range): readonly Shown[] {
    const looked = this.#looked.get(document);
    if (looked?.version !== document.version) return [];
    return looked.shown.filter(({ diagnostic }) => diagnostic.range.intersection(range));
  }

  dismiss(uri: string, code: FindingCode): void {
    this.#dismissed.set(uri, (this.#dismissed.get(uri) ?? new Set()).add(code));
    this.refresh();
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#expiryTimer);
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#subscriptions.dispose();
  }

  #lookAfter(document: vscode.TextDocument, wait: number): void {
    if (this.#isDisposed || !isInScope(document)) return;
    clearTimeout(this.#waiting.get(document));
    const look = (): void => {
      this.#waiting.delete(document);
      void this.#look(document);
    };
    this.#waiting.set(document, setTimeout(look, wait));
  }

  async #look(document: vscode.TextDocument): Promise<void> {
    const { uri } = document;
    const credential = await this.#model.credentials.of(document);
    const { version } = document;
    const hasLiteral = credential.some(({ match }) => match.kind === 'literal');
    const isInGit = hasLiteral && (await this.#model.git.isKept(uri));
    // A later version gets its own check, and a closed document has been forgotten.
    if (this.#isDisposed) return;
    if (vscode.workspace.textDocuments.every((one) => one !== document) || document.version !== version) return;
    const around = this.#surroundings(document, isInGit);
    const dismissed = this.#dismissed.get(uri.toString());
    const findings = credential.flatMap((one) => findingsOf(one, around)).filter(({ code }) => !dismissed?.has(code));
    const shown = findings.map((finding) => ({ finding, diagnostic: diagnosticOf(finding) }));
    this.#looked.set(document, { version, shown, nextExpiry: nextExpiry(credential, around.now) });
    this.#collection.set(
      uri,
      shown.map(({ diagnostic }) => diagnostic),
    );
    this.#awaitExpiry();
  }

  #surroundings(document: vscode.TextDocument, isInGit: boolean): Surroundings {
    const { statuses, consents } = this.#model;
    const destinationsOf = destinationsIn(document);
    return {
      now: Date.now(),
      isInGit,
      status: (referred) => statuses.of(referred),
      resolution: (name) => this.#model.resolution(name),
      withheldBy: (name) => this.#model.withheldBy(name),
      foreign: eachOnce((credential, tenant) =>
        destinationsOf(credential)
          .filter((destination) => !consents.allows(tenant, destination))
          .slice(0, MAX_DESTINATIONS),
      ),
    };
  }

  #forget(document: vscode.TextDocument): void {
    clearTimeout(this.#waiting.get(document));
    this.#waiting.delete(document);
    if (!this.#looked.delete(document)) return;
    this.#collection.delete(document.uri);
    this.#awaitExpiry();
  }

  /** One timer for all documents: for the first token that expires. */
  #awaitExpiry(): void {
    clearTimeout(this.#expiryTimer);
    const ends = [...this.#looked.values()].flatMap(({ nextExpiry: end }) => end ?? []);
    if (ends.length === 0) return;
    const wait = Math.min(Math.max(Math.min(...ends) - Date.now(), 0), MAX_TIMEOUT_MS);
    this.#expiryTimer = setTimeout(() => {
      const now = Date.now();
      const ended = [...this.#looked].filter(([, { nextExpiry: end }]) => end !== undefined && end <= now);
      for (const [document] of ended) this.#lookAfter(document, 0);
      // A timer may fire a little early, and its maximum is shorter than some tokens are valid.
      if (ended.length === 0) this.#awaitExpiry();
    }, wait);
  }
}

function diagnosticOf(finding: Finding): vscode.Diagnostic {
  const { line, start, end } = finding.credential.match;
  const range = new vscode.Range(line, start, line, end);
  const diagnostic = new vscode.Diagnostic(range, findingText(finding), severityOf(finding));
  diagnostic.source = 'Tenant Tokens';
  diagnostic.code = finding.code;
  return diagnostic;
}

type Foreign = Surroundings['foreign'];

/** Asks once for each tenant and list of requests: many definitions may share a list. */
function eachOnce(find: Foreign): Foreign {
  const known = new Map<string, Map<unknown, ReturnType<Foreign>>>();
  return (credential, tenant) => {
    const ofTenant = known.get(tenant.id) ?? new Map<unknown, ReturnType<Foreign>>();
    known.set(tenant.id, ofTenant);
    const { requests } = credential.match;
    const found = ofTenant.get(requests) ?? find(credential, tenant);
    ofTenant.set(requests, found);
    return found;
  };
}
