import * as vscode from 'vscode';
import type { TokenStatus } from '../tokens/status.js';
import { explain } from '../views/messages.js';
import type { Recognized, Recognizer } from './recognizer.js';
import { requestLenses } from './requestLenses.js';
import { isInScope } from './scope.js';
import type { Statuses } from './statuses.js';
import { lensTitle, nameOf, untilNextTitle } from './texts.js';
import { literalStatus, remedyFor } from './tokenState.js';

/** A lens whose title is made when it comes into sight. */
class TokenLens extends vscode.CodeLens {
  readonly recognized: Recognized;

  constructor(range: vscode.Range, recognized: Recognized, command?: vscode.Command) {
    super(range, command);
    this.recognized = recognized;
  }
}

/** Above each request with a token of ours: whose it is and how long it lasts, and what helps where it does not. */
export class CodeLenses implements vscode.CodeLensProvider<TokenLens>, vscode.Disposable {
  readonly #recognizer: Recognizer;
  readonly #statuses: Statuses;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  #timer: { readonly at: number; readonly handle: NodeJS.Timeout } | undefined;
  #isStale = false;

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(recognizer: Recognizer, statuses: Statuses) {
    this.#recognizer = recognizer;
    this.#statuses = statuses;
    this.#subscription = vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused && this.#isStale) this.refresh();
    });
  }

  /** To be called when what lenses show has changed. */
  refresh(): void {
    clearTimeout(this.#timer?.handle);
    this.#timer = undefined;
    this.#isStale = false;
    this.#changed.fire();
  }

  provideCodeLenses(document: vscode.TextDocument): TokenLens[] {
    if (!isInScope(document)) return [];
    return requestLenses(this.#recognizer.of(document)).flatMap(({ line, recognized }) => {
      const range = new vscode.Range(line, 0, line, 0);
      const action = this.#action(recognized);
      return [new TokenLens(range, recognized), ...(action ? [new TokenLens(range, recognized, action)] : [])];
    });
  }

  /** VS Code asks for this only of lenses in sight: only for those is time kept. */
  resolveCodeLens(lens: TokenLens): TokenLens {
    const { recognized } = lens;
    const { referred } = recognized;
    const now = Date.now();
    const status = this.#status(recognized, now);
    if (status) this.#keepTime(status, now);
    lens.command = {
      title: lensTitle(recognized, status, now),
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

  #status({ occurrence, referred, expiresAt }: Recognized, now: number): TokenStatus | undefined {
    if (!referred) return undefined;
    return occurrence.kind === 'literal' ? literalStatus(expiresAt ?? null, now) : this.#statuses.of(referred);
  }

  #action(recognized: Recognized): vscode.Command | undefined {
    const { referred } = recognized;
    const status = this.#status(recognized, Date.now());
    if (!referred || !status) return undefined;
    const target = { tenant: referred.tenant.id, token: referred.token.id };
    switch (remedyFor(recognized, status)) {
      case 'exchange':
        return { title: vscode.l10n.t('Exchange'), command: 'tenantTokens.exchange', arguments: [target] };
      case 'update':
        return { title: vscode.l10n.t('Update Header'), command: 'tenantTokens.updateHeaders', arguments: [target] };
      case 'mend': {
        const action = status.error && explain(status.error, referred.tenant.name).actions[0];
        return action && { ...action, arguments: [target] };
      }
      case undefined:
        return undefined;
    }
  }

  /** One timer, for the first title that will change; while nobody looks at the window, none is changed. */
  #keepTime({ state, access }: TokenStatus, now: number): void {
    if ((state !== 'valid' && state !== 'expiring') || !access?.expiresAt) return;
    const wait = untilNextTitle(access.expiresAt, now);
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
