import type * as vscode from 'vscode';
import type { Tenant } from '../../platforms/tenant.js';
import type { Destination } from '../../tenants/hostConsents.js';
import type { Referred } from '../../tokens/referenceNames.js';

/** A line of an open document. */
export interface Place {
  readonly uri: vscode.Uri;
  readonly line: number;
}

/** Somewhere that a client would put a token in an open document. */
export interface Use {
  /** The reference as written; undefined where it may be any. */
  readonly name: string | undefined;
  readonly place: Place;
  /** Where the request goes; undefined where that is not certain. */
  readonly destination: Destination | undefined;
  /** Whether the request may change something at the service. */
  readonly mayChange: boolean;
}

/** The first place that causes a token to be withheld. */
export interface Culprit extends Place {
  /** It changes something at a production tenant, which the person has not agreed to in this session. */
  readonly isProduction: boolean;
}

export interface Judgement {
  /** Names whose tokens may be published, as written in open documents. */
  readonly wanted: ReadonlySet<string>;
  /** Names whose tokens are withheld. */
  readonly withheld: ReadonlyMap<string, Culprit>;
}

interface Model {
  readonly find: (name: string) => Referred | 'ambiguous' | undefined;
  readonly allows: (tenant: Tenant, destination: Destination) => boolean;
  /** Whether requests that may change something may have a token of the tenant. */
  readonly allowsChanges: (tenant: Tenant) => boolean;
}

/**
 * Decides which references of open documents may be published. A client that cannot be stopped gets a token only if every use of
 * it certainly goes to an allowed destination. A use that is not understood prevents it, even if its name is unknown.
 */
export function judge(uses: readonly Use[], { find, allows, allowsChanges }: Model): Judgement {
  const named = new Map<string, Referred>();
  const ofAny = new Map<string, Use>();
  for (const use of uses) {
    const { name, destination, mayChange } = use;
    const referred = name === undefined ? undefined : find(name);
    const kind = JSON.stringify([destination?.key, mayChange]);
    if (name === undefined && !ofAny.has(kind)) ofAny.set(kind, use);
    if (name !== undefined && typeof referred === 'object') named.set(name, referred);
  }
  const ofToken = Map.groupBy(uses, ({ name }) => named.get(name ?? '')?.token.id);
  const culprits = new Map<string, Culprit | undefined>();
  for (const { tenant, token } of named.values()) {
    if (culprits.has(token.id)) continue;
    const mayGo = once((destination: Destination) => allows(tenant, destination));
    const isCulprit = ({ destination }: Use): boolean => !destination || !mayGo(destination);
    const all = [...(ofToken.get(token.id) ?? []), ...ofAny.values()];
    const stray = all.find(isCulprit);
    const change = allowsChanges(tenant) ? undefined : all.find(({ mayChange }) => mayChange);
    const culprit = stray ?? change;
    culprits.set(token.id, culprit && { ...culprit.place, isProduction: !stray });
  }
  // A token has several names, and is withheld under all of them.
  const withheld = new Map<string, Culprit>();
  for (const [name, { token }] of named) {
    const culprit = culprits.get(token.id);
    if (culprit) withheld.set(name, culprit);
  }
  return { wanted: new Set([...named.keys()].filter((name) => !withheld.has(name))), withheld };
}

/** Caches the answers: a document sends to few hosts, many times. */
function once(ask: (destination: Destination) => boolean): (destination: Destination) => boolean {
  const answers = new Map<string, boolean>();
  return (destination) => {
    const known = answers.get(destination.key);
    const answer = known ?? ask(destination);
    answers.set(destination.key, answer);
    return answer;
  };
}
