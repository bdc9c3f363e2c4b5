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
}

export interface Judgement {
  /** Names whose tokens may be published, as written in open documents. */
  readonly wanted: ReadonlySet<string>;
  /** Names whose tokens are withheld, and the first place that causes it. */
  readonly withheld: ReadonlyMap<string, Place>;
}

interface Model {
  readonly find: (name: string) => Referred | 'ambiguous' | undefined;
  readonly allows: (tenant: Tenant, destination: Destination) => boolean;
}

/**
 * Decides which references of open documents may be published. A client that cannot be stopped gets a token only if every use of
 * it certainly goes to an allowed destination. A use that is not understood prevents it, even if its name is unknown.
 */
export function judge(uses: readonly Use[], { find, allows }: Model): Judgement {
  const named = new Map<string, Referred>();
  const ofAny = new Map<string | undefined, Use>();
  for (const use of uses) {
    const { name, destination } = use;
    const referred = name === undefined ? undefined : find(name);
    if (name === undefined && !ofAny.has(destination?.key)) ofAny.set(destination?.key, use);
    if (name !== undefined && typeof referred === 'object') named.set(name, referred);
  }
  const ofToken = Map.groupBy(uses, ({ name }) => named.get(name ?? '')?.token.id);
  const culprits = new Map<string, Place | undefined>();
  for (const { tenant, token } of named.values()) {
    if (culprits.has(token.id)) continue;
    const mayGo = once((destination: Destination) => allows(tenant, destination));
    const isCulprit = ({ destination }: Use): boolean => !destination || !mayGo(destination);
    const culprit = ofToken.get(token.id)?.find(isCulprit) ?? [...ofAny.values()].find(isCulprit);
    culprits.set(token.id, culprit?.place);
  }
  // A token has several names, and is withheld under all of them.
  const withheld = new Map<string, Place>();
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
