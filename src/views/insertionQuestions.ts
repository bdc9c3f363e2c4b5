import * as vscode from 'vscode';
import type { HeaderEdits, Question, Refusal, Warning, WarningKind } from '../httpFile/index.js';
import type { Option, Prompter } from './prompter.js';

/** Which edits the person chose. */
export type Decision = 'edits' | 'atDefinition';

/**
 * Asks once, for all requests, before replacing anything that the person wrote.
 * @param several the edits of each request
 * @returns undefined if the person cancels
 */
export async function decide(prompter: Prompter, several: readonly HeaderEdits[]): Promise<Decision | undefined> {
  const questions = several.flatMap((one) => one.questions);
  if (questions.length === 0) return 'edits';
  const overwrite: Option<Decision> = { label: vscode.l10n.t('Replace'), value: 'edits' };
  const define: Option<Decision> = { label: vscode.l10n.t('Update the Definition'), value: 'atDefinition' };
  const hasDefinition = several.some(({ atDefinition }) => atDefinition);
  return prompter.confirm({
    message: vscode.l10n.t('Replace what is there?'),
    detail: questions.map(questionText).join('\n'),
    // With a definition, Enter leaves the reference in the request as it is.
    options: hasDefinition ? [define, overwrite] : [overwrite],
  });
}

/** How a token is used: inserted into a file or copied, once, or handed out whenever a request refers to it. */
export type HostUse = 'insert' | 'copy' | 'refer';

/**
 * Asks before a token goes to a host that is not the tenant's.
 * @param labels the hosts, or their text in the file; empty if the file shows none
 * @param own the tenant's hosts
 * @param canRemember whether the settings can keep the answer
 */
export async function askHost(
  prompter: Prompter,
  tenant: string,
  labels: readonly string[],
  own: string,
  use: HostUse,
  canRemember: boolean,
): Promise<'once' | 'always' | undefined> {
  const labelsOf = {
    insert: [vscode.l10n.t('Don’t Insert'), vscode.l10n.t('Insert Anyway')],
    copy: [vscode.l10n.t('Don’t Copy'), vscode.l10n.t('Copy Anyway')],
    refer: [vscode.l10n.t('Don’t Allow'), vscode.l10n.t('Allow for This Session')],
  } as const;
  const [refusal, consent] = labelsOf[use];
  // Enter chooses the first option, so an accidental key press sends no token.
  const no: Option<undefined> = { label: refusal, value: undefined };
  const once: Option<'once'> = { label: consent, value: 'once' };
  const always: Option<'always'> = { label: vscode.l10n.t('Always Allow'), value: 'always' };
  const hosts = labels.map((label) => (label === '' ? vscode.l10n.t('a host that the file does not show') : label));
  return prompter.confirm<'once' | 'always' | undefined>({
    message: vscode.l10n.t('Send the access token of {0} to another host?', tenant),
    detail: vscode.l10n.t(
      'The request goes to {0}.\nThe tenant is at {1}.\n\nWhoever runs that host can use the token until it expires.',
      hosts.join(', '),
      own,
    ),
    options: canRemember ? [no, once, always] : [no, once],
  });
}

/** Why nothing was inserted. */
export function refusalText(refusal: Refusal): string {
  switch (refusal) {
    case 'no-request':
      return vscode.l10n.t('There is no request at the cursor. Write one, such as “GET https://…”, and put the cursor into it.');
    case 'lone-carriage-return':
      return vscode.l10n.t('This file has line endings that no HTTP client understands (CR alone). Change them to LF or CRLF.');
    case 'not-sent-by-client':
      return vscode.l10n.t(
        'Your HTTP client does not send this request, so a header would have no effect. Write it as an HTTP request.',
      );
  }
}

/** What the person may not expect of the request. */
export function warningText({ kind, line }: Warning): string {
  return vscode.l10n.t('Line {0}: {1}', line + 1, warningOf(kind));
}

function questionText(question: Question): string {
  const { kind, name } = question;
  const line = question.line + 1;
  switch (kind) {
    case 'duplicate-header':
      return vscode.l10n.t('Line {0}: a further header {1} is removed.', line, name);
    case 'other-credential':
      return vscode.l10n.t('Line {0}: {1}, another credential, is removed.', line, name);
    case 'foreign-reference':
      return question.definition
        ? vscode.l10n.t(
            'Line {0}: {1} refers to a variable of yours, defined in line {2}.',
            line,
            name,
            question.definition.line + 1,
          )
        : vscode.l10n.t('Line {0}: {1} refers to a variable of yours, and is overwritten.', line, name);
    case 'oauth2-directive':
      return vscode.l10n.t('Line {0}: {1} tells httpYac to get a token itself, and is overwritten.', line, name);
    case 'scheme-change':
      return vscode.l10n.t('Line {0}: {1} has credentials of another kind, which are overwritten.', line, name);
  }
}

function warningOf(kind: WarningKind): string {
  switch (kind) {
    case 'query-after-header':
      return vscode.l10n.t('part of the query is below a header; not every client adds it to the URL.');
    case 'sent-as-header':
      return vscode.l10n.t('REST Client sends this as a header.');
    case 'sent-as-url':
      return vscode.l10n.t('REST Client takes this for the URL.');
    case 'second-request':
      return vscode.l10n.t('the client takes this second request for a part of the first. Put ### between them.');
    case 'indented-separator':
      return vscode.l10n.t('to this client an indented ### is a comment.');
    case 'headers-not-read':
      return vscode.l10n.t('this line starts the body, so the headers below it are not sent as headers.');
    case 'folded-value':
      return vscode.l10n.t('only JetBrains continues a header on an indented line.');
    case 'spread-may-override':
      return vscode.l10n.t('this spread may set the header again when the request is sent.');
    case 'lower-case-method':
      return vscode.l10n.t('the client takes a lower-case method for a part of the URL.');
    case 'commented-header':
      return vscode.l10n.t('a commented-out header of the same name was left as it is.');
  }
}
