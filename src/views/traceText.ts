import * as vscode from 'vscode';
import type { Attempt, Body, Field, Message, ShownError, ShownRequest, ShownResponse, Trace } from '../exchange/trace.js';
import { formatUtc } from './duration.js';
import { explain, type Subject } from './messages.js';

/**
 * A trace as plain text: the message, then each attempt as it went over the wire, `>` for the request and `<` for the
 * response.
 */
export function traceText({ attempts, error }: Trace, subject: Subject): string {
  const head = [
    vscode.l10n.t('The last failed exchange of the API token “{0}” of {1}', subject.token ?? '', subject.tenant),
    '',
    explain(error, subject).text,
    errorLine(error),
    '',
    vscode.l10n.t('This text contains no secrets, only values that are known to be harmless. It names hosts and scopes.'),
  ];
  const parts = attempts.map((attempt, at) => attemptLines(attempt, at + 1, attempts.length));
  return [head, ...parts].map((lines) => lines.join('\n')).join('\n\n') + '\n';
}

function attemptLines({ sentAt, durationMs, request, outcome }: Attempt, number: number, count: number): string[] {
  const when = formatUtc(sentAt);
  return [
    count > 1
      ? vscode.l10n.t('Attempt {0} of {1}, {2}, {3} ms', number, count, when, durationMs)
      : vscode.l10n.t('{0}, {1} ms', when, durationMs),
    ...requestLines(request).map((line) => `> ${line}`.trimEnd()),
    ...('status' in outcome ? responseLines(outcome).map((line) => `< ${line}`.trimEnd()) : [`! ${errorLine(outcome)}`]),
  ];
}

function requestLines(request: ShownRequest): string[] {
  const parameters = request.parameters.map(({ name, hidden }) => `${name}=${redacted(hidden)}`);
  const query = parameters.length > 0 ? `?${parameters.join('&')}` : '';
  return [`${request.method} ${request.url}${query}`, ...messageLines(request)];
}

function responseLines(response: ShownResponse): string[] {
  return [String(response.status), ...messageLines(response)];
}

function messageLines({ headers, body }: Message): string[] {
  const lines = bodyLines(body);
  return [...headers.map(fieldLine), ...(lines.length > 0 ? ['', ...lines] : [])];
}

function bodyLines(body: Body): string[] {
  switch (body.kind) {
    case 'none':
      return [];
    case 'fields':
      return [
        ...body.fields.map(fieldLine),
        ...(body.omitted > 0 ? [vscode.l10n.t('({0} more fields)', body.omitted)] : []),
        ...(body.fields.length === 0 ? [vscode.l10n.t('(no fields)')] : []),
      ];
    case 'web-page':
      return [
        body.title === ''
          ? vscode.l10n.t('(a web page, {0} bytes)', body.bytes)
          : vscode.l10n.t('(a web page, {0} bytes, “{1}”)', body.bytes, body.title),
      ];
    case 'other':
      return [vscode.l10n.t('({0} bytes, not shown)', body.bytes)];
  }
}

function fieldLine({ name, shown, hidden }: Field): string {
  return `${name}: ${[shown, hidden > 0 ? redacted(hidden) : ''].filter(Boolean).join(' ')}`;
}

function redacted(characters: number): string {
  return characters === 1 ? vscode.l10n.t('<redacted, 1 character>') : vscode.l10n.t('<redacted, {0} characters>', characters);
}

/** The code and facts of an error: `timed-out, host: id.example`. */
function errorLine({ code, facts }: ShownError): string {
  return [code, ...Object.entries(facts).map(([name, fact]) => `${name}: ${fact}`)].join(', ');
}
