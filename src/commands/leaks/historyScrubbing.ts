import { homedir, tmpdir } from 'node:os';
import process from 'node:process';
import * as vscode from 'vscode';
import type { KnownCredentials } from '../../editor/credentials.js';
import {
  historyFiles,
  inspectHistory,
  scrubHistory,
  shownRequests,
  type HistoryFile,
  type ScrubRules,
} from '../../handoff/restClientHistory.js';
import { referenceTo } from '../../httpFile/index.js';
import { credentialHeaders } from '../../platforms/index.js';

/** REST Client's history files and the temporary files that show requests from them, with the number of credentials in each. */
export const inspectHistories = (known: KnownCredentials): Promise<readonly HistoryFile[]> => each(known, inspectHistory);

/** Removes the credentials from all of them. */
export const scrubHistories = (known: KnownCredentials): Promise<readonly HistoryFile[]> => each(known, scrubHistory);

async function each(known: KnownCredentials, work: typeof inspectHistory): Promise<readonly HistoryFile[]> {
  const rules = rulesOf(known);
  const places = [...historyFiles(process.env, homedir()), ...(await shownRequests(tmpdir()))];
  const done = await Promise.all(places.map((file) => work(file, rules)));
  return done.flatMap((one) => one ?? []);
}

const rulesOf = ({ tenants, issued, names }: KnownCredentials): ScrubRules => ({
  credentialNames: credentialHeaders(tenants.all),
  referenceFor: (token) => {
    const name = names.nameOf(issued.find(token)?.token ?? '');
    return name === undefined ? undefined : referenceTo(name);
  },
});

/** The sums of credentials to replace and to remove, or already replaced and removed. */
export function totalOf(histories: readonly HistoryFile[]): { readonly replaced: number; readonly removed: number } {
  const readable = histories.flatMap((one) => ('problem' in one ? [] : one));
  const sum = (key: 'replaced' | 'removed'): number => readable.reduce((total, one) => total + one[key], 0);
  return { replaced: sum('replaced'), removed: sum('removed') };
}

export const credentialsText = (count: number): string =>
  count === 1 ? vscode.l10n.t('1 credential') : vscode.l10n.t('{0} credentials', count);
