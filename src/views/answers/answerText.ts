import { TextDecoder } from 'node:util';
import * as vscode from 'vscode';
import type { Mask } from '../../platforms/masking.js';
import type { Answer } from './answer.js';
import { prettyJson } from './prettyJson.js';
import { prettyXml } from './prettyXml.js';

/** How much of a binary body is shown, bytes. */
const HEAD_BYTES = 32;
/** A longer text is shown as it came: formatting it would keep everything else waiting. */
const MAX_FORMATTED = 2_000_000;
const MAX_REASON = 60;
const MAX_TITLE = 80;

/** The title of an answer: status, method and path. A tab shows the part after the last slash only, so it gets others. */
export function answerTitle({ status, reason, method, url }: Answer, mask: Mask): string {
  const path = mask(new URL(url).pathname).replaceAll('/', '∕');
  return `${status}${spaced(cleanReason(reason))} · ${method} ${path}`.slice(0, MAX_TITLE);
}

/**
 * An answer as text: the status line, what there is to say about it, its headers, a blank line and its body, formatted by its
 * type.
 * @param mask hides what was sent as a credential, wherever the answer repeats it
 */
export function answerText(answer: Answer, mask: Mask): string {
  const { status, reason, headers } = answer;
  const head = [
    `HTTP/1.1 ${status}${spaced(mask(cleanReason(reason)))}`,
    ...factsOf(answer, mask).map((line) => `# ${line}`),
    ...headers.map(([name, value]) => `${name}: ${mask(value)}`),
  ].join('\n');
  const body = bodyText(answer, mask);
  return body === '' ? `${head}\n` : `${head}\n\n${body}\n`;
}

function factsOf(answer: Answer, mask: Mask): string[] {
  const { method, url, sentAs, status, durationMs, received, body, isCut, unknownCoding, end, notes } = answer;
  const { origin, pathname } = new URL(url);
  const location = status >= 300 && status < 400 && answer.headers.find(([name]) => name === 'location')?.[1];
  const who = sentAs === undefined ? vscode.l10n.t('sent as written') : vscode.l10n.t('sent as {0}', sentAs);
  return [
    `${method} ${mask(origin + pathname)}`,
    [vscode.l10n.t('{0} ms', durationMs), sizeText(received), who].join(' · '),
    ...(location ? [vscode.l10n.t('Redirects to {0}; Try Request follows no redirect.', mask(location))] : []),
    ...(isCut ? [vscode.l10n.t('Shown is the beginning of the body, {0}.', sizeText(body.length))] : []),
    ...(unknownCoding === undefined ? [] : [vscode.l10n.t('The body is encoded ({0}), and shown as it came.', unknownCoding)]),
    ...(end === 'complete' ? [] : [endText(end)]),
    ...notes,
  ];
}

function endText(end: Exclude<Answer['end'], 'complete'>): string {
  switch (end) {
    case 'arriving':
      return vscode.l10n.t('More may follow.');
    case 'cancelled':
      return vscode.l10n.t('You cancelled it: this is what had arrived.');
    case 'broken':
      return vscode.l10n.t('The connection was lost: this is what had arrived.');
    case 'damaged':
      return vscode.l10n.t('The body does not decompress: this is what could be read.');
  }
}

export function sizeText(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? vscode.l10n.t('1 byte') : vscode.l10n.t('{0} bytes', bytes);
  const [size, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${size.toFixed(1)} ${unit}`;
}

function bodyText(answer: Answer, mask: Mask): string {
  const { body, unknownCoding } = answer;
  if (body.length === 0) return '';
  const type = answer.headers.find(([name]) => name === 'content-type')?.[1].toLowerCase() ?? '';
  const text = unknownCoding === undefined ? textOf(answer, type) : undefined;
  return text === undefined ? binaryText(answer, mask) : mask(formatted(text, type));
}

function formatted(text: string, type: string): string {
  if (text.length > MAX_FORMATTED) return text.trimEnd();
  const isJson = /^[^;]*[/+]json\b/.test(type) || (!type.includes('html') && !type.includes('xml') && /^\s*[[{]/.test(text));
  if (isJson) return prettyJson(text);
  return /^[^;]*[/+]xml\b/.test(type) && !type.includes('html') ? prettyXml(text) : text.trimEnd();
}

/** Types whose bytes are text even if some of them are not of the encoding. */
const TEXT = /^text\/|[/+](?:json|xml|javascript|x-www-form-urlencoded|yaml|x-ndjson)\b/;

/** Undefined for a body that is not text. */
function textOf({ body, isCut, end }: Answer, type: string): string | undefined {
  const charset = /;\s*charset="?([\w.:-]+)/.exec(type)?.[1] ?? 'utf-8';
  const isText = TEXT.test(type);
  // The last character of what was cut may be incomplete.
  const stream = isCut || end !== 'complete';
  try {
    const text = decoderFor(charset, !isText).decode(body, { stream });
    return !isText && text.includes('\0') ? undefined : text.replaceAll('\r\n', '\n');
  } catch {
    return undefined;
  }
}

function decoderFor(charset: string, fatal: boolean): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal });
  } catch {
    return new TextDecoder('utf-8', { fatal });
  }
}

function binaryText({ body, received, isCut }: Answer, mask: Mask): string {
  const size = isCut ? received : body.length;
  const label = vscode.l10n.t('(binary, {0})', sizeText(size));
  const head = Buffer.from(body.subarray(0, HEAD_BYTES));
  const shown = head.toString('latin1');
  if (mask(shown) !== shown) return label;
  return `${label}\n${head.toString('hex').replaceAll(/..(?=.)/g, '$& ')}${body.length > HEAD_BYTES ? ' …' : ''}`;
}

/** The service's words for its status; it may send anything. */
function cleanReason(reason: string): string {
  return reason
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, MAX_REASON)
    .replaceAll('/', '∕');
}

const spaced = (text: string): string => (text === '' ? '' : ` ${text}`);
