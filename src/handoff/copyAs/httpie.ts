import { bashWord } from './bash.js';
import { checked, headerOf, UnquotableError, type CommandRequest } from './request.js';

/**
 * A command of HTTPie 3 to paste at the prompt of bash or zsh. It also runs in scripts, where HTTPie would otherwise wait for a
 * body from its standard input.
 * @throws UnquotableError `too-long`; `no-form`, also for a method that HTTPie takes for a URL, and a header with a backslash
 * before one of its separators, which it drops
 */
export function httpie(request: CommandRequest): string {
  const { method, url, headers, body } = checked(request);
  if (!/^[A-Za-z]+$/.test(method)) throw new UnquotableError('no-form');
  const items = headers.map(({ name, value }) => headerItem(name, value));
  // HTTPie adds one of its own for a body.
  const type = body !== undefined && headerOf(request, 'content-type') === undefined ? ['Content-Type:'] : [];
  const words = [method, url, ...items, ...type].map(bashWord);
  return ['http --ignore-stdin', ...words, ...(body === undefined ? [] : ['--raw', bashWord(body)])].join(' ');
}

/** The blank keeps `:=` and `:@`, which mean something else, apart; HTTPie does not send it. */
function headerItem(name: string, value: string): string {
  const dropsBackslash = /(?<!\\)(?:\\\\)*\\[:;=@]/.test(value);
  if (dropsBackslash || name.startsWith('-')) throw new UnquotableError('no-form');
  return value.trim() === '' ? `${name};` : `${name}: ${value}`;
}
