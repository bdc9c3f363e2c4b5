import * as vscode from 'vscode';
import { anyOf, Emitter, type Event } from '../../base/event.js';
import { findingUses, importLines, type RestClientUse } from '../../httpFile/index.js';
import type { HostConsents } from '../../tenants/hostConsents.js';
import { mayChange, type ProductionConsents } from '../../tenants/productionConsents.js';
import type { ReferenceNames } from '../../tokens/referenceNames.js';
import { toDestination } from './destination.js';
import { destinationsIn } from './destinations.js';
import { clientsHere } from './clients.js';
import { isMarkdown, mayHoldRequests, readingLines } from '../document.js';
import { judge, type Culprit, type Judgement, type Use } from './judgement.js';
import type { KnownCredentials } from '../credentials.js';
import { PIECES, Readings } from '../readings.js';
import { CredentialCache, type Credential } from '../credentialCache.js';
import { straySelection } from './selection.js';

/** Wait for a pause in typing. */
const QUIET_MS = 200;
/** A long document takes longer, so it is checked less often. */
const QUIET_MS_PER_LINE = 0.01;
/** Changes of tokens come in groups. */
const SETTLE_MS = 50;

/** What a person has agreed to in this session. */
interface Given {
  readonly consents: HostConsents;
  readonly production: ProductionConsents;
}

/**
 * The references in open files that REST Client may resolve. It asks nobody when it sends, so a token is withheld from it unless
 * every use in every open file certainly goes to an allowed destination ({@link judge}). Reads the files as REST Client does and,
 * if httpYac is installed, also as httpYac does: either may send them. What is selected counts as well.
 */
export class OpenReferences implements vscode.Disposable {
  readonly #names: ReferenceNames;
  readonly #credentials: CredentialCache;
  readonly #given: Given;
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: vscode.Disposable;
  readonly #restClient: Readings<readonly RestClientUse[]>;
  readonly #imports: Readings<readonly number[]>;
  #hasSelection = false;
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;
  #judgement: Judgement = { wanted: new Set(), withheld: new Map() };

  constructor(known: KnownCredentials & { readonly names: ReferenceNames }, given: Given, pieces = PIECES) {
    const { tenants, names, issued } = known;
    this.#names = names;
    this.#credentials = new CredentialCache({ tenants, names, issued, dialects: { current: 'httpyac' } }, pieces);
    this.#restClient = new Readings(function* (document) {
      return yield* findingUses(yield* readingLines(document), { markdown: isMarkdown(document) });
    }, pieces);
    this.#imports = new Readings(function* (document) {
      return importLines(yield* readingLines(document));
    }, pieces);
    this.#given = given;
    const look = (document: vscode.TextDocument): void => {
      if (isSent(document)) this.look();
    };
    this.#subscriptions = vscode.Disposable.from(
      anyOf(
        given.consents.onDidChange,
        given.production.onDidChange,
      )(() => {
        this.look();
      }),
      vscode.workspace.onDidOpenTextDocument(look),
      vscode.workspace.onDidCloseTextDocument(look),
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.#lookAtSelection();
      }),
      vscode.window.onDidChangeTextEditorSelection(() => {
        this.#lookAtSelection();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (isSent(document)) this.#lookIn(QUIET_MS + document.lineCount * QUIET_MS_PER_LINE);
      }),
    );
    this.#lookIn(SETTLE_MS);
  }

  /** Fires when {@link wanted} or {@link withheldBy} may have changed. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** The names in open files, as written there, without those withheld. */
  get wanted(): ReadonlySet<string> {
    return this.#judgement.wanted;
  }

  /** The first line that causes the token of a name to be withheld from REST Client. */
  withheldBy(name: string): Culprit | undefined {
    return this.#judgement.withheld.get(name);
  }

  /** Call it when tokens, their tenants or the clients have changed. */
  refresh(): void {
    this.#credentials.forget();
    this.#lookIn(SETTLE_MS);
  }

  /**
   * Checks the open files now, without waiting for a pause in typing. While a long file is being read, it counts as uncertain.
   * @param expected uses that the files are about to contain as well
   */
  look(expected: readonly Use[] = []): void {
    clearTimeout(this.#timer);
    const clients = clientsHere();
    const documents = clients.restClient ? vscode.workspace.textDocuments.filter(isSent) : [];
    const read = documents.map((document) => ({ document, uses: this.#usesIn(document, clients) }));
    const uses = read.flatMap((of) => (of.uses instanceof Promise ? [anyUse(of.document)] : of.uses));
    const coming = read.flatMap((of) => (of.uses instanceof Promise ? [of.uses] : []));
    const stray = clients.restClient ? straySelection() : undefined;
    this.#judgement = judge([...uses, ...(stray ? [anyUse(stray.document, stray.line)] : []), ...expected], {
      find: (name) => this.#names.find(name),
      allows: (tenant, destination) => this.#given.consents.allows(tenant, destination),
      allowsChanges: (tenant) => this.#given.production.allows(tenant),
    });
    this.#changed.fire();
    const turn = ++this.#turn;
    const again = (): void => {
      if (turn === this.#turn) this.look(expected);
    };
    if (coming.length > 0) void Promise.all(coming).then(again);
  }

  dispose(): void {
    this.#turn++;
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  /** Most changes only move the cursor. */
  #lookAtSelection(): void {
    const { document, selection } = vscode.window.activeTextEditor ?? {};
    const had = this.#hasSelection;
    this.#hasSelection = document !== undefined && isSent(document) && selection?.isEmpty === false;
    if (had || this.#hasSelection) this.look();
  }

  #lookIn(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.look();
    }, wait);
  }

  /** Returns no promise if the current version of the document has been read. */
  #usesIn(document: vscode.TextDocument, clients: ReturnType<typeof clientsHere>): Use[] | Promise<unknown> {
    const byRestClient = this.#restClient.of(document);
    const imports = clients.imports ? this.#imports.of(document) : [];
    const byHttpYac = clients.httpYac ? this.#credentials.of(document) : [];
    if (byRestClient instanceof Promise || imports instanceof Promise || byHttpYac instanceof Promise)
      return Promise.all([byRestClient, imports, byHttpYac]);
    return [
      ...imports.map((line) => anyUse(document, line)),
      ...ofRestClient(document, byRestClient),
      ...ofHttpYac(document, byHttpYac),
    ];
  }
}

function ofRestClient(document: vscode.TextDocument, uses: readonly RestClientUse[]): Use[] {
  return uses.map(({ name, line, request }) => {
    const destination = request && toDestination(document, request, request.host);
    return { name, place: { uri: document.uri, line }, destination, mayChange: mayChange(request ?? {}) };
  });
}

function ofHttpYac(document: vscode.TextDocument, credentials: readonly Credential[]): Use[] {
  const destinationsOf = destinationsIn(document);
  const seen = new Map<string, Set<unknown>>();
  return credentials.flatMap((one) => {
    const { kind, line, text: name } = one.match;
    if (kind !== 'reference' || !one.referred) return [];
    const ofToken = seen.get(one.referred.token.id) ?? new Set();
    seen.set(one.referred.token.id, ofToken);
    const all = destinationsOf(one);
    // Many definitions may have the same destinations: once they are known, a further one only adds its name.
    const isKnown = ofToken.has(all);
    ofToken.add(all);
    const use = { name, place: { uri: document.uri, line }, mayChange: !isKnown && one.match.requests.some(mayChange) };
    return (isKnown ? all.slice(0, 1) : all).map((destination) => ({ ...use, destination }));
  });
}

/** A document that has not been read, another that is imported into it, or a selection may contain any use. */
const anyUse = ({ uri }: vscode.TextDocument, line = 0): Use => ({
  name: undefined,
  place: { uri, line },
  destination: undefined,
  mayChange: true,
});

/** REST Client also sends from plain text. */
const isSent = (document: vscode.TextDocument): boolean => mayHoldRequests(document) || document.languageId === 'plaintext';
