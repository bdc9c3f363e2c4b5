import * as vscode from 'vscode';
import { Emitter, type Event } from '../event.js';
import type { HostConsents } from '../tenants/hostConsents.js';
import { mayGoTo } from '../tenants/hosts.js';
import { destinationsOfRecognized } from './destinations.js';
import { mayHoldRequests } from './document.js';
import type { Recognized, Recognizer } from './recognizer.js';

/** Typing is not followed letter by letter. */
const QUIET_MS = 200;

/**
 * The references that open files hold: what REST Client may be given. It asks nobody when it sends, so a token is withheld
 * from it while a request in any open file would take the token to a host that it may not go to.
 */
export class OpenReferences implements vscode.Disposable {
  readonly #recognizer: Recognizer;
  readonly #consents: HostConsents;
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;
  #wanted: ReadonlySet<string> = new Set();
  #withheld: ReadonlySet<string> = new Set();

  constructor(recognizer: Recognizer, consents: HostConsents) {
    this.#recognizer = recognizer;
    this.#consents = consents;
    const look = (document: vscode.TextDocument): void => {
      if (mayHoldRequests(document)) this.look();
    };
    this.#subscriptions = vscode.Disposable.from(
      consents.onDidChange(() => {
        this.look();
      }),
      vscode.workspace.onDidOpenTextDocument(look),
      vscode.workspace.onDidCloseTextDocument(look),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (mayHoldRequests(document)) this.#lookSoon();
      }),
    );
    this.#lookSoon();
  }

  /** Fires when {@link wanted} or {@link isWithheld} may say something else. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** Names that open files refer to, as they write them, without those withheld. */
  get wanted(): ReadonlySet<string> {
    return this.#wanted;
  }

  isWithheld(name: string): boolean {
    return this.#withheld.has(name);
  }

  /** Looks at the open documents now: to be called when tokens or their tenants have changed. */
  look(): void {
    clearTimeout(this.#timer);
    const named = new Map<string, string>();
    const withheld = new Set<string>();
    for (const document of vscode.workspace.textDocuments.filter(mayHoldRequests))
      for (const one of this.#recognizer.of(document)) {
        if (one.occurrence.kind !== 'reference' || !one.referred) continue;
        named.set(one.occurrence.text, one.referred.token.id);
        if (!this.#mayGo(document, one)) withheld.add(one.referred.token.id);
      }
    // A token has several names: it is withheld under all of them.
    const isWithheld = ([, token]: readonly [string, string]): boolean => withheld.has(token);
    this.#withheld = new Set([...named].filter(isWithheld).map(([name]) => name));
    this.#wanted = new Set([...named.keys()].filter((name) => !this.#withheld.has(name)));
    this.#changed.fire();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
  #lookSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.look();
    }, QUIET_MS);
  }

  #mayGo(document: vscode.TextDocument, one: Recognized): boolean {
    const { referred, hosts } = one;
    if (!referred) return false;
    const { tenant } = referred;
    if (hosts.every((host) => host !== undefined && mayGoTo(tenant, host))) return true;
    return destinationsOfRecognized(document, one).every((destination) => this.#consents.allows(tenant, destination));
  }
}
