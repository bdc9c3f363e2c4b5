import path from 'node:path';
import * as vscode from 'vscode';
import type { FoundToken, TokenKnowledge } from '../../editor/foundTokens/foundTokens.js';
import { rangeOfToken, replaceByReferences } from '../../editor/foundTokens/replaceTokens.js';
import { describeToken } from '../../editor/foundTokens/foundTokenTexts.js';
import type { Choice, Prompter, Separator } from '../../views/prompter.js';
import { answered } from '../../views/prompts.js';
import { showDocument } from '../../views/showDocument.js';
import type { Command, Uses } from '../command.js';
import { credentialsText, inspectHistories, totalOf } from './historyScrubbing.js';
import { scrubHistory } from './scrubHistory.js';
import { searchSummary } from './searchSummary.js';
import { searchTokens, type Searched, type SearchesTokens, type TokenPlace } from './tokenSearch.js';

/** Lists the tokens in files, and offers a reference for each access token that can have one. */
export const findTokens: Command<SearchesTokens & Uses<'prompter'>> = async (services, target) => {
  const { prompter } = services;
  for (;;) {
    const found = await prompter.progress(vscode.l10n.t('Looking for tokens…'), (signal) => look(services, signal));
    if (!found) return;
    const { searched, inHistory } = found;
    if (searched.places.length + inHistory === 0) {
      void prompter.notify('info', nothingText(searched));
      return;
    }
    const wish = await choose(prompter, searched, inHistory);
    if (wish === undefined) return;
    if (wish === 'history') return scrubHistory(services, target);
    if ('open' in wish) return show(wish.open, false);
    await replace(services, wish.replace);
  }
};

interface Found {
  readonly searched: Searched;
  /** Credentials in REST Client's history. */
  readonly inHistory: number;
}

async function look(services: SearchesTokens, signal: AbortSignal): Promise<Found> {
  const [searched, histories] = await Promise.all([searchTokens(services, signal), inspectHistories(services)]);
  const { replaced, removed } = totalOf(histories);
  return { searched, inHistory: replaced + removed };
}

const nothingText = (searched: Searched): string =>
  vscode.l10n.t('No tokens found in files, nor in REST Client’s history. {0}', searchSummary(searched));

type Wish = { readonly open: TokenPlace } | { readonly replace: readonly TokenPlace[] } | 'history';

function choose(prompter: Prompter, searched: Searched, inHistory: number): Promise<Wish | undefined> {
  const { places } = searched;
  const replaceable = places.filter(({ token }) => token.reference !== undefined);
  const tooltip = vscode.l10n.t('Replace All by References ({0})', replaceable.length);
  const answer = prompter.choice<Wish>({
    title: vscode.l10n.t('Tokens in Files'),
    placeholder: vscode.l10n.t('Choose a place to go to. {0}', searchSummary(searched)),
    choices: [...places.map(choiceOf), ...(inHistory > 0 ? historyChoices(inHistory) : [])],
    buttons: replaceable.length > 0 ? [{ icon: 'replace-all', tooltip, value: { replace: replaceable } }] : [],
    onActive(wish) {
      // A file that cannot be shown is reported when it is chosen.
      if (wish !== 'history' && 'open' in wish) show(wish.open, true).catch(() => undefined);
    },
  });
  return answered(answer);
}

function choiceOf(place: TokenPlace): Choice<Wish> {
  const { uri, token } = place;
  const folder = path.posix.dirname(vscode.workspace.asRelativePath(uri));
  const instead = token.reference ?? adviceFor(uri, token);
  return {
    label: `${path.posix.basename(uri.path)}:${token.line + 1}`,
    description: folder === '.' ? undefined : folder,
    detail: `${describeToken(token, Date.now())} → ${instead}`,
    icon: token.expiresAt !== null && token.expiresAt <= Date.now() ? 'circle-slash' : 'key',
    value: { open: place },
    ...(token.reference !== undefined && {
      buttons: [{ icon: 'replace', tooltip: vscode.l10n.t('Replace by Reference'), value: { replace: [place] } }],
    }),
  };
}

/** What to do where no reference can replace a token. */
function adviceFor({ path: file }: vscode.Uri, { apiToken, shape }: FoundToken): string {
  if (apiToken !== undefined) return vscode.l10n.t('delete it here, and revoke it if others have the file');
  if (shape === 'vidb') return vscode.l10n.t('add it to its tenant, and delete it here');
  return /\.(http|rest|md|markdown)$/i.test(file)
    ? vscode.l10n.t('delete it, or insert a reference in its request')
    : vscode.l10n.t('remove it here, and insert a reference in the requests that use it');
}

const historyChoices = (count: number): (Choice<Wish> | Separator)[] => [
  { separator: '' },
  {
    label: vscode.l10n.t('REST Client’s history'),
    detail: vscode.l10n.t('{0} of requests that were sent → scrub it', credentialsText(count)),
    icon: 'history',
    value: 'history',
  },
];

/** @param isPreview keeps the focus where it is, and lets the next preview reuse the editor */
async function show({ uri, token }: TokenPlace, isPreview: boolean): Promise<void> {
  await showDocument(uri, { selection: rangeOfToken(token), preserveFocus: isPreview, preview: isPreview });
}

/** Replaces the tokens that are still where they were found. */
async function replace(services: TokenKnowledge & Uses<'prompter'>, places: readonly TokenPlace[]): Promise<void> {
  const byFile = Map.groupBy(places, ({ uri }) => uri.toString());
  const count = await replaceByReferences(
    [...byFile.values()].flatMap(([first]) => first?.uri ?? []),
    services,
    (uri, { line, start, reference }) =>
      (byFile.get(uri.toString()) ?? []).some(
        ({ token }) => token.line === line && token.start === start && token.reference === reference,
      ),
  );
  services.prompter.done(vscode.l10n.t('{0} replaced by references', count));
}
