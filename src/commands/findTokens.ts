import path from 'node:path';
import * as vscode from 'vscode';
import type { FoundToken } from '../editor/foundTokens.js';
import { rangeOfToken, replaceByReferences } from '../editor/replaceTokens.js';
import { describeToken } from '../editor/tokenTexts.js';
import { tell } from '../views/ask.js';
import { withProgress } from '../views/progress.js';
import type { Command, Services } from './command.js';
import { inspectHistories, totalOf } from './historyScrubbing.js';
import { scrubHistory } from './scrubHistory.js';
import { searchTokens, type Searched, type TokenPlace } from './tokenSearch.js';

/** Lists the access tokens that stand in files, and offers a reference for each that can have one. */
export const findTokens: Command = async (services, target) => {
  for (;;) {
    const found = await withProgress(vscode.l10n.t('Looking for access tokens…'), (signal) => look(services, signal));
    if (!found) return;
    const { searched, inHistory } = found;
    if (searched.places.length + inHistory === 0) {
      void vscode.window.showInformationMessage(nothingText(searched));
      return;
    }
    const chosen = await choose(searched, inHistory);
    if (chosen === undefined) return;
    if (chosen === 'history') return scrubHistory(services, target);
    if ('open' in chosen) return show(chosen.open, false);
    await replace(services, chosen.replace);
  }
};

interface Found {
  readonly searched: Searched;
  /** Credentials in REST Client's history. */
  readonly inHistory: number;
}

async function look(services: Services, signal: AbortSignal): Promise<Found> {
  const [searched, histories] = await Promise.all([searchTokens(services, signal), inspectHistories(services)]);
  const { replaced, removed } = totalOf(histories);
  return { searched, inHistory: replaced + removed };
}

const nothingText = ({ files, isPartial }: Searched): string =>
  [
    vscode.l10n.t(
      'No access tokens found in {0} files: .http, .rest, .env, Markdown and settings of the workspace, your user settings, open documents; nor in REST Client’s history.',
      files,
    ),
    ...(isPartial ? [partialText()] : []),
  ].join(' ');

const partialText = (): string => vscode.l10n.t('Files over 10 MB, and those after the first 5,000, were not searched.');

type Choice = { readonly open: TokenPlace } | { readonly replace: readonly TokenPlace[] } | 'history' | undefined;

interface Item extends vscode.QuickPickItem {
  readonly place?: TokenPlace;
}

function choose({ places, isPartial }: Searched, inHistory: number): Promise<Choice> {
  const pick = vscode.window.createQuickPick<Item>();
  const replaceable = places.filter(({ token }) => token.reference !== undefined);
  const replaceAll: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('replace-all'),
    tooltip: vscode.l10n.t('Replace All by References ({0})', replaceable.length),
  };
  pick.title = vscode.l10n.t('Access Tokens in Files');
  pick.placeholder = isPartial ? partialText() : vscode.l10n.t('Choose a place to go to');
  pick.ignoreFocusOut = true;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  if (replaceable.length > 0) pick.buttons = [replaceAll];
  pick.items = [...places.map(itemOf), ...(inHistory > 0 ? historyItems(inHistory) : [])];
  return new Promise((resolve) => {
    const done = (choice: Choice): void => {
      resolve(choice);
      pick.dispose();
    };
    pick.onDidChangeActive(([item]) => {
      // A file that cannot be shown is told of when it is chosen.
      if (item?.place) show(item.place, true).catch(() => undefined);
    });
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item) done(item.place ? { open: item.place } : 'history');
    });
    pick.onDidTriggerItemButton(({ item }) => {
      if (item.place) done({ replace: [item.place] });
    });
    pick.onDidTriggerButton(() => done({ replace: replaceable }));
    pick.onDidHide(() => done(undefined));
    pick.show();
  });
}

function itemOf({ uri, token }: TokenPlace): Item {
  const folder = path.posix.dirname(vscode.workspace.asRelativePath(uri));
  const instead = token.reference ?? adviceFor(uri, token);
  return {
    place: { uri, token },
    label: `${path.posix.basename(uri.path)}:${token.line + 1}`,
    ...(folder !== '.' && { description: folder }),
    detail: `${describeToken(token, Date.now())} → ${instead}`,
    iconPath: new vscode.ThemeIcon(token.expiresAt !== null && token.expiresAt <= Date.now() ? 'circle-slash' : 'key'),
    ...(token.reference !== undefined && {
      buttons: [{ iconPath: new vscode.ThemeIcon('replace'), tooltip: vscode.l10n.t('Replace by Reference') }],
    }),
  };
}

/** What to do where no reference can take a token's place. */
function adviceFor({ path: file }: vscode.Uri, { shape }: FoundToken): string {
  if (shape === 'vidb') return vscode.l10n.t('add it to its tenant, and delete it here');
  return /\.(http|rest|md|markdown)$/i.test(file)
    ? vscode.l10n.t('delete it, or insert a reference in its request')
    : vscode.l10n.t('remove it here, and insert a reference in the requests that use it');
}

const historyItems = (count: number): Item[] => [
  { label: '', kind: vscode.QuickPickItemKind.Separator },
  {
    label: vscode.l10n.t('REST Client’s history'),
    detail: vscode.l10n.t('{0} credentials of requests that were sent → scrub it', count),
    iconPath: new vscode.ThemeIcon('history'),
  },
];

/** @param isPreview leaves the focus where it is, and lets the next one take the editor's place */
async function show({ uri, token }: TokenPlace, isPreview: boolean): Promise<void> {
  await vscode.window.showTextDocument(uri, {
    selection: rangeOfToken(token),
    preserveFocus: isPreview,
    preview: isPreview,
  });
}

/** Those that still are where they were found. */
async function replace(services: Services, places: readonly TokenPlace[]): Promise<void> {
  const byFile = Map.groupBy(places, ({ uri }) => uri.toString());
  const count = await replaceByReferences(
    [...byFile.values()].flatMap(([first]) => first?.uri ?? []),
    services,
    (uri, { line, start, reference }) =>
      (byFile.get(uri.toString()) ?? []).some(
        ({ token }) => token.line === line && token.start === start && token.reference === reference,
      ),
  );
  tell(vscode.l10n.t('{0} replaced by references', count));
}
