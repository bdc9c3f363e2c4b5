import type { Grammar } from './grammar.js';
import { KNOWN_METHODS } from './methods.js';
import { masked, placeholders } from '../references.js';

/** A line that starts a request: its method and target, and whether the client sends them. */
export interface RequestLine {
  readonly kind: 'request' | 'curl';
  readonly method: string;
  readonly target: string;
  /** `lower-case`: httpYac and JetBrains read the method as a part of the URL. */
  readonly trouble?: 'not-sent-by-client' | 'lower-case';
}

const OTHER_SCHEMES = /^(ws|grpc|mqtt|amqp)s?:\/\//i;

/** Reads a line as a request line; undefined if no person could mean it as one. */
export function readRequestLine(text: string, grammar: Grammar): RequestLine | undefined {
  const line = text.trim();
  if (/^curl(\.exe)?(\s|$)/i.test(line)) {
    const curl = { kind: 'curl', method: 'GET', target: '' } as const;
    return grammar.dialect === 'rest-client' ? curl : { ...curl, trouble: 'not-sent-by-client' };
  }
  return withMethod(line, grammar) ?? withoutMethod(line, grammar);
}

/** True if httpYac starts a request here, even in the middle of a body: it reads the prose `GET me a coffee` as one. */
export function startsRequest(text: string, grammar: Grammar): boolean {
  const [word, target] = splitMethod(text);
  return target !== '' && grammar.methods.has(word);
}

/** Reads a line in the middle of a body, where only an address can be meant as a request. */
export function readInnerRequestLine(text: string, grammar: Grammar): RequestLine | undefined {
  const [method, target] = splitMethod(text);
  return startsRequest(text, grammar) && looksLikeTarget(target) ? { kind: 'request', method, target } : undefined;
}

function withMethod(line: string, grammar: Grammar): RequestLine | undefined {
  const [word, target] = splitMethod(line);
  const method = word.toUpperCase();
  if (target === '' || !KNOWN_METHODS.has(method)) return undefined;
  const request = { kind: 'request', method, target } as const;
  if (word !== method && !looksLikeTarget(target)) return undefined;
  if (!grammar.methods.has(method)) return { ...request, trouble: 'not-sent-by-client' };
  return word === method || grammar.anyCase ? request : { ...request, trouble: 'lower-case' };
}

function withoutMethod(line: string, grammar: Grammar): RequestLine | undefined {
  const [variable] = placeholders(line);
  const afterVariable = variable?.start === 0 ? line.slice(variable.end) : '';
  if (/^\s+\S/.test(afterVariable) && looksLikeTarget(afterVariable.trim())) {
    return { kind: 'request', method: line.slice(0, variable?.end), target: afterVariable.trim() };
  }
  if (!looksLikeTarget(line)) return undefined;
  const scheme = OTHER_SCHEMES.exec(line)?.[1];
  const request = { kind: 'request', method: scheme?.toUpperCase() ?? 'GET', target: line } as const;
  return scheme && grammar.dialect === 'rest-client' ? { ...request, trouble: 'not-sent-by-client' } : request;
}

function splitMethod(text: string): readonly [word: string, target: string] {
  const match = /^\s*([A-Za-z][A-Za-z-]*)\s+(\S.*)$/.exec(text);
  return [match?.[1] ?? '', match?.[2] ?? ''];
}

/** True for a possible address: with a scheme, from the root, from a variable, `*`, or `host.name:1/path`. */
function looksLikeTarget(text: string): boolean {
  const target = withoutVersion(text);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target) || target === '*') return true;
  if (target.startsWith('/') && !target.startsWith('//') && !target.startsWith('/*')) return true;
  if (target.startsWith('{{') && placeholders(target).length > 0) return !/\s/.test(withoutPlaceholders(target));
  return /^(localhost|[\w-]+(\.[\w-]+)+|[\w.-]+:\d+)([/?#:]\S*)?$/i.test(withoutPlaceholders(target));
}

/** The target without ` HTTP/1.1`. */
export function withoutVersion(target: string): string {
  const version = target.search(/\sHTTP\//i);
  return (version < 0 ? target : target.slice(0, version)).trim();
}

/** Replaces the placeholders of a text by letters. */
const withoutPlaceholders = (text: string): string => masked(text, placeholders(text), 'x');
