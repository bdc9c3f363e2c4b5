import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { answers, response, type Script } from '../../faults/loopback.js';
import { canary } from '../../threats/support/canaries.js';

/** What a client sends, and what it is to get. Unlike anything else, so that they are found wherever they leak to. */
export const secrets = {
  'refresh token': canary('RT'),
  'client secret': canary('CS'),
  'access token': canary('AT'),
  'new refresh token': canary('NEW-RT'),
} as const;

const MEGABYTE = 1024 * 1024;
const YEAR_S = 365 * 24 * 3600;

/** What a client made of an answer. */
export type Outcome =
  | { readonly kind: 'refused'; readonly error: unknown; readonly elsewhere: readonly string[] }
  | {
      readonly kind: 'accepted';
      readonly token: unknown;
      /** How long it takes the token for good: Infinity where it would never ask for another; undefined: it does not know, and says so. */
      readonly seconds: number | undefined;
      /** What another origin has received meanwhile. */
      readonly elsewhere: readonly string[];
    };

export interface Verdict {
  readonly passes: boolean;
  /** What happened, in a few words. */
  readonly words: string;
}

/** An answer of a token endpoint, and what is to become of it. */
export interface Case {
  readonly name: string;
  readonly wanted: string;
  /** @param elsewhere where another origin hands out tokens */
  readonly script: (elsewhere: string) => Script;
  readonly judge: (outcome: Outcome) => boolean;
  /** The lifetime matters, so the outcome contains it. */
  readonly isOfLifetime?: true;
}

const token = secrets['access token'];

/** The good answer with other fields, in JSON as it is sent. Numbers are written as they are given. */
function body(fields: Readonly<Record<string, string | undefined>> = {}): string {
  const all = { access_token: `"${token}"`, token_type: '"Bearer"', expires_in: '"3599"', ...fields };
  const given = Object.entries<string | undefined>(all).flatMap(([name, value]) =>
    value === undefined ? [] : `"${name}":${value}`,
  );
  return `{${given.join(',')}}`;
}

/** The answer that is as it should be. */
export const good = body({ expires_in: '3599' });

const isRefused = ({ kind, elsewhere }: Outcome): boolean => kind === 'refused' && elsewhere.length === 0;
const isAccepted = (outcome: Outcome): boolean =>
  outcome.kind === 'accepted' &&
  outcome.token === token &&
  outcome.seconds !== undefined &&
  Math.abs(outcome.seconds - 3599) < 60;
/** The lifetime means nothing: to refuse is as right as to accept without one, and to believe it, or to take it for for ever, is not. */
const isUnknown = (outcome: Outcome): boolean =>
  isRefused(outcome) || (outcome.kind === 'accepted' && outcome.token === token && outcome.seconds === undefined);
const isAtMostAYear = (outcome: Outcome): boolean =>
  isUnknown(outcome) || (outcome.kind === 'accepted' && outcome.token === token && (outcome.seconds ?? 0) <= YEAR_S);

const refused = (name: string, script: Case['script']): Case => ({ name, wanted: 'refused', script, judge: isRefused });
const json =
  (text: string | Buffer, headers: Readonly<Record<string, string>> = {}) =>
  () =>
    answers(200, text, headers);
const lifetime = (value: string, wanted: string, judge: Case['judge']): Case => ({
  name: `\`expires_in\` is \`${value}\``,
  wanted,
  script: json(body({ expires_in: value })),
  judge,
  isOfLifetime: true,
});
const unknown = (value: string): Case => lifetime(value, 'lifetime unknown, or refused', isUnknown);

/** The cases that count: each has one right end. */
export const cases: readonly Case[] = [
  lifetime('"3599"', 'accepted', isAccepted),
  refused("access token `{{require('os')}}`", json(body({ access_token: `"{{require('os')}}${token}"` }))),
  refused('access token with a line break', json(body({ access_token: `"${token}\\r\\nX-Injected: 1"` }))),
  refused('access token empty', json(body({ access_token: '""' }))),
  refused('access token a number', json(body({ access_token: '42' }))),
  refused('no access token', json(body({ access_token: undefined }))),
  refused('`error` with status 200', json('{"error":"invalid_grant"}')),
  unknown('"3599abc"'),
  unknown('0'),
  lifetime('9e15', 'a year at most, or refused', isAtMostAYear),
  unknown('-1'),
  unknown('true'),
  refused('`token_type` is `mac`', json(body({ token_type: '"mac"' }))),
  refused('`access_token` twice', json(good.replace('{', '{"access_token":"EXAMPLE-first",'))),
  refused('a web page', json('<!DOCTYPE html><html><title>Sign in</title></html>', { 'content-type': 'text/html' })),
  refused('JSON that says it is a web page', json(good, { 'content-type': 'text/html' })),
  ...[302, 307].map((status) =>
    refused(`${status} to another origin`, (elsewhere) => answers(status, '', { location: elsewhere })),
  ),
  refused('30 MB', () => floods(good + ' '.repeat(30 * MEGABYTE))),
  refused('30 MB in 30 kB of gzip', () =>
    answers(200, gzipSync(good + ' '.repeat(30 * MEGABYTE)), { 'content-encoding': 'gzip' }),
  ),
];

/** Without an announced length: only who counts knows when it is too much. */
function floods(text: string): Script {
  return (socket) => void socket.end(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n${text}`);
}

const TRICKLE_MS = 4_000;

/** Not counted, for all clients that were looked at accept it. */
export const trickle: Case = {
  name: `a good answer, a byte at a time for ${TRICKLE_MS / 1000} s`,
  wanted: 'accepted',
  script: () => (socket) => {
    const bytes = response(200, body());
    void (async () => {
      for (let at = 0; at < bytes.length && !socket.destroyed; at += 1) {
        socket.write(bytes.subarray(at, at + 1));
        await delay(TRICKLE_MS / bytes.length);
      }
      socket.end();
    })();
  },
  judge: isAccepted,
};

/** What other origins answer: a token that nobody may take. */
export const elsewhereAnswers: Script = answers(200, body({ access_token: '"EXAMPLE-token-of-somebody-else"' }));

/** A good answer with a new refresh token, and one without any. */
export const rotating: Script = answers(200, body({ refresh_token: `"${secrets['new refresh token']}"` }));
export const keeping: Script = answers(200, body());

export function verdictOn(judged: Case, outcome: Outcome): Verdict {
  return { passes: judged.judge(outcome), words: wordsOf(outcome, judged.isOfLifetime ?? false) };
}

function wordsOf(outcome: Outcome, isOfLifetime: boolean): string {
  const { kind, elsewhere } = outcome;
  if (elsewhere.length > 0)
    return elsewhere.some((request) => request.includes(secrets['refresh token']))
      ? 'followed, with the refresh token'
      : 'followed';
  if (kind === 'refused') return 'refused';
  const { token: taken, seconds } = outcome;
  if (taken === undefined) return 'accepted, with no token';
  if (!isOfLifetime) return 'accepted';
  if (seconds === undefined) return 'accepted, lifetime unknown';
  if (seconds === Infinity) return 'accepted, never ends';
  return `accepted for ${seconds === YEAR_S ? 'a year' : `${seconds} s`}`;
}
