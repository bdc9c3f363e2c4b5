import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import type { StreamResponse } from '../../net/http.js';
import { KeptBody } from '../../net/keptBody.js';
import { masker } from '../../platforms/masking.js';
import type { Answer, AnswerEnd } from '../../views/answers/answer.js';
import { about, type Command, type Uses } from '../command.js';
import { noteUse } from '../noteUse.js';
import { requestToTry, type PreparesRequest, type RequestToTry } from './requestToTry.js';

/** How much of a body is kept and shown, bytes. */
const MAX_KEPT = 10 * 1024 * 1024;
/** Errors of the connection: their message would send a person to the tenant's settings, and the host may be another one. */
const UNANSWERED: ReadonlySet<string> = new Set(['unreachable', 'timed-out', 'connection-lost']);

type SendsRequest = PreparesRequest & Uses<'answers' | 'history' | 'stream'>;

/** Sends the request at the cursor, or of a lens, and shows the answer beside it. */
export const tryRequest: Command<SendsRequest> = async (services, target) => {
  const ready = await requestToTry(services, target, vscode.l10n.t('Try Request'));
  if (ready) await send(services, ready);
};

async function send(services: SendsRequest, ready: RequestToTry): Promise<void> {
  const { request, host, tokens, tenants } = ready;
  const { prompter, broker, answers } = services;
  const shown = answers.open(masker(ready.secrets));
  const sending = new Sending(ready);
  for (const { chosen } of tokens) noteUse(services, chosen, 'sent', host);
  const title = vscode.l10n.t('Sending {0} to {1}', request.method, host);
  const work = async (cancelled: AbortSignal): Promise<true> => {
    const signal = AbortSignal.any([cancelled, shown.closed]);
    const response = await services.stream(request, signal);
    if (response.status === 401) for (const { chosen, accessToken } of tokens) broker.refused(chosen.token.id, accessToken);
    await sending.read(response, (isStream) => {
      if (isStream) shown.update(() => sending.answer);
    });
    return true;
  };
  try {
    if (!(await prompter.progress(title, work))) sending.end = 'cancelled';
  } catch (error) {
    if (shown.closed.aborted) return;
    const [one] = tokens;
    const target = one ? { tenant: one.chosen.tenant.id, token: one.chosen.token.id } : tenants[0] && { tenant: tenants[0].id };
    if (!sending.hasBegun) await about(target ?? {}, Promise.reject(unanswered(error)));
    if (!(error instanceof AppError)) throw error;
    sending.end = error.code === 'answer-damaged' ? 'damaged' : 'broken';
  }
  if (sending.hasBegun && !shown.closed.aborted) await shown.end(sending.answer);
}

/** The message of an error of the connection is about the request, not about the tenant's settings. */
function unanswered(error: unknown): Error {
  if (!(error instanceof AppError) || !UNANSWERED.has(error.code)) return error as Error;
  return new AppError('not-answered', { ...error.facts, why: error.code }, error);
}

/** A request that was sent, and what has come of it. */
class Sending {
  end: AnswerEnd = 'arriving';
  readonly #ready: RequestToTry;
  readonly #began = performance.now();
  #response: StreamResponse | undefined;
  #body: KeptBody | undefined;
  #endedAt: number | undefined;

  constructor(ready: RequestToTry) {
    this.#ready = ready;
  }

  get hasBegun(): boolean {
    return this.#response !== undefined;
  }

  /** @param arrived called when there is more to see, with whether it comes bit by bit */
  async read(response: StreamResponse, arrived: (isStream: boolean) => void): Promise<void> {
    this.#response = response;
    const headers = new Map(response.headers);
    const isStream = headers.get('content-type')?.startsWith('text/event-stream') === true;
    const body = new KeptBody(MAX_KEPT, headers.get('content-encoding'), () => arrived(isStream));
    this.#body = body;
    await body.read(response.body);
    this.end = 'complete';
    this.#endedAt = performance.now();
  }

  get answer(): Answer {
    const { request, tokens, hasExpired } = this.#ready;
    const { status = 0, reason = '', headers = [] } = this.#response ?? {};
    const names = tokens.map(({ chosen: { tenant, token } }) => `${tenant.name} · ${token.name}`);
    return {
      method: request.method,
      url: request.url,
      sentAs: names.length === 0 ? undefined : names.join(', '),
      status,
      reason,
      headers,
      body: this.#body?.bytes ?? Buffer.of(),
      received: this.#body?.received ?? 0,
      isCut: this.#body?.isCut ?? false,
      unknownCoding: this.#body?.unknownCoding,
      durationMs: Math.round((this.#endedAt ?? performance.now()) - this.#began),
      end: this.end,
      notes: status === 401 ? refusalNotes(names.length > 0, hasExpired) : [],
    };
  }
}

function refusalNotes(isOurs: boolean, hasExpired: boolean): string[] {
  if (isOurs) return [vscode.l10n.t('The service refused the access token; Exchange gets another one.')];
  return hasExpired ? [vscode.l10n.t('The access token in the file has expired; Update Headers replaces it.')] : [];
}
