import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { judge, type Judgement, type Use } from '../../../src/editor/references/judgement.js';
import { toDestination } from '../../../src/editor/references/destination.js';
import { restClientUses } from '../../../src/httpFile/index.js';
import { HostConsents } from '../../../src/tenants/hostConsents.js';
import { mayChange, ProductionConsents } from '../../../src/tenants/productionConsents.js';
import type { known } from '../../editor/support/known.js';
import { linesOf } from '../../httpFile/support/text.js';
import { RestClientModel, type Leaving, type OpenText } from '../../httpFile/support/restClientModel.js';

/** A reference to the tenant of `known`, with its host. */
export const NAME = 'TENANT_TOKEN_ACME';
export const REFERENCE = `{{$processEnv ${NAME}}}`;
export const HEADER = `Authorization: Bearer ${REFERENCE}`;
export const TENANT = 'GET https://acme.example/x';
export const EVIL = 'https://evil.example/';
export const TOKEN = 'EXAMPLE-canary-of-a-token';

/** Other files of a hostile repository. */
export const FILES = { './payload.txt': `token=${REFERENCE}` };

export type Model = Awaited<ReturnType<typeof known>>;

/** The judgement of the references in open documents. */
export function judged(documents: readonly OpenText[], { names }: Pick<Model, 'names'>): Judgement {
  const uses = documents.flatMap(({ uri, text, markdown = false }) => {
    const document = { uri: Object.assign(Object.create(null) as vscode.Uri, { toString: () => uri }) };
    return restClientUses(linesOf(text), { markdown }).map(({ name, line, request }): Use => {
      const destination = request && toDestination(document, request, request.host);
      return { name, place: { uri: document.uri, line }, destination, mayChange: mayChange(request ?? {}) };
    });
  });
  const consents = new HostConsents();
  const production = new ProductionConsents();
  return judge(uses, {
    find: (name) => names.find(name),
    allows: (tenant, to) => consents.allows(tenant, to),
    allowsChanges: (tenant) => production.allows(tenant),
  });
}

/** Everything that leaves when each line of each document is sent from, twice, with the references of the documents published. */
export function leaving(documents: readonly OpenText[], { wanted }: Judgement, olderThan026 = false): Leaving[] {
  const env = Object.fromEntries([...wanted].map((name) => [name, TOKEN]));
  const client = new RestClientModel({ env, files: FILES, olderThan026 });
  const all: Leaving[] = [];
  for (let time = 0; time < 2; time++)
    for (const document of documents)
      for (const line of document.text.split('\n').keys()) all.push(...client.send(document, line));
  return all;
}

export const carriesToken = ({ text }: Leaving): boolean => text.includes(TOKEN) || text.includes(encodeURIComponent(TOKEN));

/** Signs of tokens that do not come from the document, but from responses or files. */
const MAY_BRING = /@name|<@|\$datetime/;

/** Wherever a token goes that a document writes, it stands in a header. */
export function isOnlyInHeaders(documents: readonly OpenText[], { text, headers }: Leaving): boolean {
  return text.split(TOKEN).length === headers.split(TOKEN).length || documents.some((one) => MAY_BRING.test(one.text));
}

/** Nothing takes the token anywhere but to the tenant, though every request is sent. */
export function assertKept(documents: readonly OpenText[], judgement: Judgement): void {
  for (const olderThan026 of [false, true])
    for (const one of leaving(documents, judgement, olderThan026))
      assert.ok(!carriesToken(one) || one.host === 'acme.example', `${one.host} gets ${one.text}`);
}
