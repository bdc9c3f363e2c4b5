import * as vscode from 'vscode';
import { Emitter, type Event } from '../event.js';
import { hiddenReferences, type HiddenReference } from '../httpFile/index.js';
import type { HostConsents } from '../tenants/hostConsents.js';
import { mayGoTo } from '../tenants/hosts.js';
import type { ReferenceNames } from '../tokens/referenceNames.js';
import { destinationsOfRecognized } from './destinations.js';
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

/** Where a request stands that keeps a token from being published. */
export interface Place {
  readonly uri: vscode.Uri;
  readonly line: number;
}

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
  readonly #hidden = new WeakMap<readonly Recognized[], readonly HiddenReference[]>();
  #timer: NodeJS.Timeout | undefined;
  #wanted: ReadonlySet<string> = new Set();
  #withheld: ReadonlyMap<string, Place> = new Map();

  constructor(known: Known & { readonly names: ReferenceNames }, consents: HostConsents) {
    const { tenants, names, issued } = known;
    this.#names = names;
    this.#recognizer = new Recognizer({ tenants, names, issued, dialects: { current: 'rest-client' } });
    this.#consents = consents;
    const look = (document: vscode.TextDocument): void => {
      if (isSent(document)) this.#look();
    };
    this.#subscriptions = vscode.Disposable.from(
      consents.onDidChange(() => {
        this.#look();
      }),
      vscode.workspace.onDidOpenTextDocument(look),
      vscode.workspace.onDidCloseTextDocument(look),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (isSent(document)) this.#lookIn(QUIET_MS + document.lineCount * QUIET_MS_PER_LINE);
      }),
    );
    this.#lookIn(SETTLE_MS);
  }

  /** Fires when {@link wanted} or {@link withheldBy} may say something else. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** Names that open files refer to, as they write them, without those withheld. */
  get wanted(): ReadonlySet<string> {
    return this.#wanted;
  }

  /** The first request that keeps the token of a name from REST Client. */
  withheldBy(name: string): Place | undefined {
    return this.#withheld.get(name);
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
    const culprits = new Map<string, Place>();
    const documents = clientsHere().restClient ? vscode.workspace.textDocuments.filter(isSent) : [];
    for (const document of documents) {
      const { uri } = document;
      const recognized = this.#recognizer.of(document);
      for (const one of recognized) {
        const { occurrence, referred } = one;
        if (occurrence.kind !== 'reference' || !referred) continue;
        named.set(occurrence.text, referred.token.id);
        if (!this.#mayGo(document, one)) addFirst(culprits, [referred.token.id], { uri, line: occurrence.line });
      }
      for (const { name, line } of this.#hiddenIn(document, recognized)) addFirst(culprits, this.#idsOf(name), { uri, line });
    }
    // A token has several names: it is withheld under all of them.
    const withheld = [...named].flatMap(([name, id]) => {
      const culprit = culprits.get(id);
      return culprit ? [[name, culprit] as const] : [];
    });
    this.#withheld = new Map(withheld);
    this.#wanted = new Set([...named.keys()].filter((name) => !this.#withheld.has(name)));
    this.#changed.fire();
  }

  /** What REST Client would put where it is not known where it goes. */
  #hiddenIn(document: vscode.TextDocument, recognized: readonly Recognized[]): readonly HiddenReference[] {
    const told = recognized.map(({ occurrence }) => occurrence);
    const options = { markdown: isMarkdown(document) };
    const hidden = this.#hidden.get(recognized) ?? hiddenReferences(linesOf(document), told, options);
    this.#hidden.set(recognized, hidden);
    return hidden;
  }

  /** Of the tokens that a name stands for; undefined may be any. */
  #idsOf(name: string | undefined): readonly string[] {
    if (name === undefined) return this.#names.all.map(({ token }) => token.id);
    const referred = this.#names.find(name);
    return typeof referred === 'object' ? [referred.token.id] : [];
  }

  #mayGo(document: vscode.TextDocument, one: Recognized): boolean {
    const { referred, hosts } = one;
    if (!referred) return false;
    const { tenant } = referred;
    if (hosts.every((host) => host !== undefined && mayGoTo(tenant, host))) return true;
    return destinationsOfRecognized(document, one).every((destination) => this.#consents.allows(tenant, destination));
  }
}

/** REST Client sends from plain text as well. */
const isSent = (document: vscode.TextDocument): boolean => mayHoldRequests(document) || document.languageId === 'plaintext';

function addFirst(culprits: Map<string, Place>, ids: readonly string[], place: Place): void {
  for (const id of ids) if (!culprits.has(id)) culprits.set(id, place);
}
