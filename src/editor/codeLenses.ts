import * as vscode from 'vscode';
import { findingRequests, type Dialect } from '../httpFile/index.js';
import type { Vault } from '../store/vault.js';
import type { Tenants } from '../tenants/tenants.js';
import type { Referred } from '../tokens/referenceNames.js';
import type { TokenStatus } from '../exchange/status.js';
import { inert } from '../views/format.js';
import { explain, subjectOf } from '../views/messages.js';
import { bareRequests, type BareRequest } from './bareRequests.js';
import type { Credential, CredentialCache } from './credentialCache.js';
import { isMarkdown, linesOf, readingLines } from './document.js';
import { isShort, Readings } from './readings.js';
import { clientsHere } from './references/clients.js';
import { requestLenses } from './requestLenses.js';
import { isInScope } from './scope.js';
import type { Statuses } from './statuses.js';
import type { Resolutions } from './references/resolution.js';
import { lensTitle, nameOf, restClientText, untilNextTitle } from './references/referenceTexts.js';
import { literalStatus, remedyFor, type Remedy } from './tokenState.js';

interface Model extends Resolutions {
  readonly tenants: Tenants;
  readonly vault: Vault;
  readonly dialects: { readonly current: Dialect };
}

/** A lens whose title is computed when it becomes visible. */
class TokenLens extends vscode.CodeLens {
  readonly credential: Credential;
  /** The remedy that was offered when the lens was created. */
  readonly remedy: Remedy | undefined;

  constructor(range: vscode.Range, credential: Credential, remedy: Remedy | undefined) {
    super(range);
    this.credential = credential;
    this.remedy = remedy;
  }
}

/**
 * Shows above each request a way to try it and, if it has one of our tokens, whose it is, how long it is valid, and a remedy if
 * it is not.
 */
export class CodeLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #credentials: CredentialCache;
  readonly #statuses: Statuses;
  readonly #model: Model;
  /** The lines of requests. */
  readonly #requests: Readings<readonly number[]>;
  #dialect: Dialect | undefined;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  #timer: { readonly at: number; readonly handle: NodeJS.Timeout } | undefined;
  #isStale = false;

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(credentials: CredentialCache, statuses: Statuses, model: Model) {
    this.#credentials = credentials;
    this.#statuses = statuses;
    this.#model = model;
    this.#requests = new Readings(function* (document) {
      const options = { markdown: isMarkdown(document) };
      const found = yield* findingRequests(yield* readingLines(document), model.dialects.current, options);
      return found.map(({ line }) => line);
    });
    this.#subscription = vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused && this.#isStale) this.refresh();
    });
  }

  /** Call it when the content of lenses has changed. */
  refresh(): void {
    clearTimeout(this.#timer?.handle);
    this.#timer = undefined;
    this.#isStale = false;
    this.#changed.fire();
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!isInScope(document)) return [];
    const all = await this.#credentials.of(document);
    const now = Date.now();
    this.#forgetOtherDialect();
    const tries = (await this.#requests.of(document)).map((line) => tryLens(document, line));
    const ofTokens = requestLenses(all).flatMap(({ line, credential }) => {
      const range = new vscode.Range(line, 0, line, 0);
      const status = this.#status(credential, now);
      const remedy = status && remedyFor(credential, status);
      const command = remedy && commandFor(remedy, credential.referred, status);
      return [new TokenLens(range, credential, remedy), ...(command ? [new vscode.CodeLens(range, command)] : [])];
    });
    const others = [...ofTokens, ...this.#insertions(document, all)];
    // VS Code keeps the order of lenses in a line. A client has its own lens to send.
    const { httpYac, restClient } = clientsHere();
    return httpYac || restClient ? [...others, ...tries] : [...tries, ...others];
  }

  /** Offers headers for requests that have none. Not in long documents, all of whose requests would have to be read. */
  #insertions(document: vscode.TextDocument, credentials: readonly Credential[]): vscode.CodeLens[] {
    const { tenants, vault, dialects } = this.#model;
    const having = tenants.all.filter(({ id }) => vault.of(id).length > 0);
    if (having.length === 0 || !isShort(document)) return [];
    const bare = bareRequests(linesOf(document), dialects.current, isMarkdown(document), having, credentials);
    return bare.map((request) => new vscode.CodeLens(new vscode.Range(request.line, 0, request.line, 0), insertion(request)));
  }

  /** VS Code calls this for visible lenses only, so the timer covers only those. */
  resolveCodeLens(lens: vscode.CodeLens): vscode.CodeLens {
    if (!(lens instanceof TokenLens)) return lens;
    const { credential, remedy } = lens;
    const { referred } = credential;
    const now = Date.now();
    const status = this.#status(credential, now);
    if (status) this.#keepTime(status, now);
    // The remedy may have changed since the lens was created.
    if (status && remedyFor(credential, status) !== remedy) this.#refreshIn(0, now);
    lens.command = {
      title: lensTitle(credential, status, now, this.#inRestClient(credential)),
      command: referred ? 'tenantTokens.showActions' : '',
      ...(referred && {
        tooltip: vscode.l10n.t('Show what can be done with {0}', nameOf(referred)),
        arguments: [{ tenant: referred.tenant.id, token: referred.token.id }],
      }),
    };
    return lens;
  }

  dispose(): void {
    clearTimeout(this.#timer?.handle);
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #forgetOtherDialect(): void {
    const { current } = this.#model.dialects;
    if (current !== this.#dialect) this.#requests.forget();
    this.#dialect = current;
  }

  #status({ match, referred, expiresAt }: Credential, now: number): TokenStatus | undefined {
    if (!referred) return undefined;
    return match.kind === 'literal' ? literalStatus(expiresAt ?? null, now) : this.#statuses.of(referred);
  }

  /** Only what is wrong: the title is short. */
  #inRestClient({ match: { kind, text } }: Credential): string | undefined {
    const state = kind === 'literal' ? undefined : this.#model.resolution(text).inRestClient;
    return state && state !== 'resolved' ? restClientText(state, this.#model.withheldBy(text)) : undefined;
  }

  #keepTime({ state, access }: TokenStatus, now: number): void {
    if ((state !== 'valid' && state !== 'expiring') || !access?.expiresAt) return;
    this.#refreshIn(untilNextTitle(access.expiresAt, now), now);
  }

  /** One timer, for the first change. Without focus, nothing is redrawn until the window gets it. */
  #refreshIn(wait: number, now: number): void {
    if (this.#timer && this.#timer.at <= now + wait) return;
    clearTimeout(this.#timer?.handle);
    const tick = (): void => {
      this.#timer = undefined;
      this.#isStale = !vscode.window.state.focused;
      if (!this.#isStale) this.refresh();
    };
    this.#timer = { at: now + wait, handle: setTimeout(tick, wait) };
  }
}

/** Whose headers is asked if several tenants share the host. */
function insertion({ line, tenants: [tenant, ...others] }: BareRequest): vscode.Command {
  const only = others.length === 0 ? tenant : undefined;
  return {
    title: only ? vscode.l10n.t('Insert headers of {0}', inert(only.name)) : vscode.l10n.t('Insert headers'),
    command: 'tenantTokens.insertHeaders',
    arguments: [{ line, ...(only && { tenant: only.id }) }],
  };
}

function tryLens({ uri }: vscode.TextDocument, line: number): vscode.CodeLens {
  const command = {
    title: vscode.l10n.t('Try Request'),
    tooltip: vscode.l10n.t('Send this request and show the answer beside it'),
    command: 'tenantTokens.tryRequest',
    arguments: [{ document: uri.toString(), line }],
  };
  return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), command);
}

function commandFor(remedy: Remedy, referred: Referred | undefined, { error }: TokenStatus): vscode.Command | undefined {
  if (!referred) return undefined;
  const target = { tenant: referred.tenant.id, token: referred.token.id };
  switch (remedy) {
    case 'exchange':
      return { title: vscode.l10n.t('Exchange'), command: 'tenantTokens.exchange', arguments: [target] };
    case 'update':
      return { title: vscode.l10n.t('Update Header'), command: 'tenantTokens.updateHeaders', arguments: [target] };
    case 'mend': {
      const action = error && explain(error, subjectOf(referred.tenant, referred.token)).actions[0];
      return action && { ...action, arguments: [target] };
    }
  }
}
