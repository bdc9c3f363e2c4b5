import { inspect } from 'node:util';
import { serve, type Loopback, type Script } from '../../faults/loopback.js';
import { leaksIn } from '../../threats/support/canaries.js';
import {
  cases,
  elsewhereAnswers,
  keeping,
  rotating,
  secrets,
  verdictOn,
  type Case,
  type Outcome,
  type Verdict,
} from './cases.js';

export const CLIENT_ID = 'EXAMPLE-client';
const CALLERS = 100;

/** An access token that a client accepted, and how long it takes it for good (see {@link Outcome}). */
export interface Accepted {
  readonly token: unknown;
  readonly seconds: number | undefined;
}

/** Something that exchanges refresh tokens, in its default settings. */
export interface Subject {
  readonly name: string;
  /** An exchange from nothing. Rejects if the answer is refused. */
  exchange(tokenUrl: string): Promise<Accepted>;
  /** The refresh token that would be sent next, after an exchange; left out where the client keeps nothing. */
  kept?(tokenUrl: string): Promise<unknown>;
  /** So many callers want an access token at the same moment; left out where the client keeps nothing. */
  burst?(tokenUrl: string, callers: number): Promise<unknown>;
}

/** What a row of the table says of each subject. */
export interface Row {
  readonly name: string;
  readonly wanted: string;
  readonly verdict: Verdict;
}

/** How a subject ends one case. Errors are added to `errors`. */
export async function judge(subject: Subject, judged: Case, errors: unknown[] = []): Promise<Verdict> {
  const elsewhere = await serve(elsewhereAnswers);
  const service = await serve(judged.script(urlOf(elsewhere)));
  try {
    const outcome = await subject.exchange(urlOf(service)).then(
      (accepted): Outcome => ({ kind: 'accepted', ...accepted, elsewhere: elsewhere.received }),
      (error: unknown): Outcome => ({ kind: 'refused', error, elsewhere: elsewhere.received }),
    );
    if (outcome.kind === 'refused') errors.push(outcome.error);
    return verdictOn(judged, outcome);
  } finally {
    await Promise.all([service.stop(), elsewhere.stop()]);
  }
}

/** The counted cases and those given beside them, and what is asked of whoever keeps tokens. */
export async function judgeAll(subject: Subject, beside: readonly Case[]): Promise<{ counted: Row[]; others: Row[] }> {
  const errors: unknown[] = [];
  const row = async (one: Case): Promise<Row> => ({
    name: one.name,
    wanted: one.wanted,
    verdict: await judge(subject, one, errors),
  });
  const counted: Row[] = [];
  const others: Row[] = [];
  for (const one of cases) counted.push(await row(one));
  for (const one of beside) others.push(await row(one));
  return { counted, others: [...others, ...(await keepsTokens(subject)), discretion(errors)] };
}

async function keepsTokens(subject: Subject): Promise<Row[]> {
  const nothing: Verdict = { passes: true, words: '–' };
  const keeps = async (script: Script, expected: string): Promise<Verdict> => {
    if (!subject.kept) return nothing;
    const service = await serve(script);
    const kept = await subject.kept(urlOf(service)).finally(() => service.stop());
    return {
      passes: kept === expected,
      words: kept === expected ? 'yes' : kept === undefined ? 'no, has none' : 'no, keeps the old one',
    };
  };
  const exchanges = async (): Promise<Verdict> => {
    if (!subject.burst) return nothing;
    const service = await serve(keeping);
    await subject.burst(urlOf(service), CALLERS).finally(() => service.stop());
    return { passes: service.received.length === 1, words: String(service.received.length) };
  };
  return [
    {
      name: 'keeps the refresh token that an answer brings',
      wanted: 'yes',
      verdict: await keeps(rotating, secrets['new refresh token']),
    },
    {
      name: 'keeps its refresh token if an answer brings none',
      wanted: 'yes',
      verdict: await keeps(keeping, secrets['refresh token']),
    },
    { name: `exchanges for ${CALLERS} callers at once`, wanted: '1', verdict: await exchanges() },
  ];
}

/** Whether errors, printed as Node prints them, hold secrets: they end in logs. */
function discretion(errors: readonly unknown[]): Row {
  const text = errors.map((error) => inspect(error, { depth: 10, maxStringLength: Infinity })).join('\n');
  const reported = Object.entries(secrets).filter(
    ([name, value]) => leaksIn([{ place: name, text }], [{ name, value }]).length > 0,
  );
  const names = reported.map(([name]) => name);
  return {
    name: 'secrets in its errors, printed, encoded or not',
    wanted: 'none',
    verdict: { passes: names.length === 0, words: names.length === 0 ? 'none' : names.join(', ') },
  };
}

const urlOf = ({ port }: Loopback): string => `http://127.0.0.1:${port}/token`;
