import * as vscode from 'vscode';
import { Emitter, type Event } from '../event.js';
import type { HostConsents } from '../tenants/hostConsents.js';
import { mayGoTo } from '../tenants/hosts.js';
import type { ReferenceNames } from '../tokens/referenceNames.js';
import { destinationsOfRecognized } from './destinations.js';
import { hiddenReferences } from '../httpFile/index.js';
import { clientsHere } from './clients.js';
import { isMarkdown, linesOf, mayHoldRequests } from './document.js';
import type { Known } from './recognize.js';
import { Recognizer, type Recognized } from './recognizer.js';

/** Typing is not followed letter by letter. */
const QUIET_MS = 200;
/** A long document takes longer, so it is looked at less often. */
const QUIET_MS_PER_LINE = 0.01;
/** Changes of tokens come in groups. */
const SETTLE_MS = 50;

/**
 * The references that open files hold: what REST Client may be given. It asks nobody when it sends, so a token is withheld
 * from it while a request in any open file would take the token to a host that it may not go to. The files are read as REST
 * Client reads them, whoever else is installed: it is the one that sends.
 */
export class OpenReferences implements vscode.Disposable {
  readonly #names: ReferenceNames;
  readonly #recognizer: Recognizer;
  readonly #consents: HostConsents;
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: vscode.Disposable;
  /** By what was recognized in the same version of a document. */
  readonly #hidden = new WeakMap<readonly Recognized[], string[] | 'any'>();
  #timer: NodeJS.Timeout | undefined;
  #wanted: ReadonlySet<string> = new Set();
  #withheld: ReadonlySet<string> = new Set();

  constructor(known: Known & { readonly names: ReferenceNames }, consents: HostConsents) {
    const { tenants, names, issued } = known;
    this.#names = names;
    this.#recognizer = new Recognizer({ tenants, names, issued, dialects: { current: 'rest-client' } });
    this.#consents = consents;
    const look = (document: vscode.TextDocument): void => {
      if (mayHoldRequests(document)) this.#look();
    };
    this.#subscriptions = vscode.Disposable.from(
      consents.onDidChange(() => {
        this.#look();
      }),
      vscode.workspace.onDidOpenTextDocument(look),
      vscode.workspace.onDidCloseTextDocument(look),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (mayHoldRequests(document)) this.#lookIn(QUIET_MS + document.lineCount * QUIET_MS_PER_LINE);
      }),
    );
    this.#lookIn(SETTLE_MS);
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

  /** To be called when tokens, their tenants or the clients have changed. */
  refresh(): void {
    this.#recognizer.forget();
    this.#lookIn(SETTLE_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  #lookIn(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#look();
    }, wait);
  }

  #look(): void {
    clearTimeout(this.#timer);
    const named = new Map<string, string>();
    const withheld = new Set<string>();
    const documents = clientsHere().restClient ? vscode.workspace.textDocuments.filter(mayHoldRequests) : [];
    for (const document of documents) {
      const recognized = this.#recognizer.of(document);
      for (const one of recognized) {
        if (one.occurrence.kind !== 'reference' || !one.referred) continue;
        named.set(one.occurrence.text, one.referred.token.id);
        if (!this.#mayGo(document, one)) withheld.add(one.referred.token.id);
      }
      for (const id of this.#hiddenIn(document, recognized)) withheld.add(id);
    }
    // A token has several names: it is withheld under all of them.
    const isWithheld = ([, token]: readonly [string, string]): boolean => withheld.has(token);
    this.#withheld = new Set([...named].filter(isWithheld).map(([name]) => name));
    this.#wanted = new Set([...named.keys()].filter((name) => !this.#withheld.has(name)));
    this.#changed.fire();
  }

  /** The ids of the tokens that REST Client would put where it is not known where they go. */
  #hiddenIn(document: vscode.TextDocument, recognized: readonly Recognized[]): readonly string[] {
    const told = recognized.map(({ occurrence }) => occurrence);
    const options = { markdown: isMarkdown(document) };
    const hidden = this.#hidden.get(recognized) ?? hiddenReferences(linesOf(document), told, options);
    this.#hidden.set(recognized, hidden);
    if (hidden === 'any') return this.#names.all.map(({ token }) => token.id);
    return hidden.flatMap((name) => {
      const referred = this.#names.find(name);
      return typeof referred === 'object' ? referred.token.id : [];
    });
  }

  #mayGo(document: vscode.TextDocument, one: Recognized): boolean {
    const { referred, hosts } = one;
    if (!referred) return false;
    const { tenant } = referred;
    if (hosts.every((host) => host !== undefined && mayGoTo(tenant, host))) return true;
    return destinationsOfRecognized(document, one).every((destination) => this.#consents.allows(tenant, destination));
  }
}
