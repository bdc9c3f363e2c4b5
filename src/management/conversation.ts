import { describeError, type AppError, type ErrorCode } from '../base/errors.js';
import { withTls, type Send } from '../net/http.js';
import type { Conversation, Reply } from '../platforms/lifecycle.js';
import { exchangeHost } from '../platforms/index.js';
import type { Tenant } from '../platforms/tenant.js';
import type { Clock } from '../base/clock.js';
import type { Log } from '../base/log.js';
import { isAmbiguous } from '../exchange/retry.js';

/** A response that cannot be read: the service may have acted all the same. */
const UNREAD: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'not-json',
  'unexpected-answer',
  'response-too-large',
  'encoded-response',
  'access-token-unsafe',
]);

interface Parts {
  readonly send: Send;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Runs a conversation with the service of a tenant, sending each request once.
 * @param act the operation, for the log
 * @throws what the conversation throws: AppError of the network and of the responses, and `signal.reason`
 */
export async function converse<Result>(
  parts: Parts,
  tenant: Tenant,
  act: string,
  conversation: Conversation<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const host = exchangeHost(tenant);
  try {
    const result = await hold(parts, tenant, conversation, signal);
    parts.log.info(`${tenant.id}: ${act} done at ${host}`);
    return result;
  } catch (error) {
    parts.log.warn(`${tenant.id}: ${act} failed at ${host}: ${describeError(error)}`);
    throw error;
  }
}

/** Whether a service may have carried out a request although its response was lost. */
export function mayHaveActed(error: AppError): boolean {
  return isAmbiguous(error) || UNREAD.has(error.code);
}

async function hold<Result>(
  { send, clock }: Parts,
  tenant: Tenant,
  conversation: Conversation<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  let step = conversation.next();
  while (!step.done) {
    let reply: Reply;
    try {
      signal?.throwIfAborted();
      const sentAt = clock.wall();
      reply = { response: await send(withTls(step.value, tenant), signal), sentAt };
    } catch (error) {
      step = conversation.throw(error);
      continue;
    }
    step = conversation.next(reply);
  }
  return step.value;
}
