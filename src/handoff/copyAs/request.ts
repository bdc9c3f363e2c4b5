/** The request that a command should send. */
export interface CommandRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body?: string;
}

/** Why a request cannot be written as a command. */
export type Unquotable =
  /** The Command Prompt ends a command at a line break. */
  | 'line-break'
  /** The shell or the system limits the length of a command. */
  | 'too-long'
  /** No form passes the text through the shell and the program unchanged. */
  | 'no-form';

/** A request that a command cannot express. The error does not contain its text, which may be a token. */
export class UnquotableError extends Error {
  override readonly name = 'UnquotableError';
  readonly why: Unquotable;

  constructor(why: Unquotable) {
    super(why);
    this.why = why;
  }
}

const CONTROL = /[\0-\x1f\x7f]/;

/**
 * Refuses what no request contains (RFC 9110 §5.6.2, §5.5), and what no argument can: a NUL. Only a body has line breaks.
 * @throws UnquotableError
 */
export function checked(request: CommandRequest): CommandRequest {
  const { method, url, headers, body = '' } = request;
  const isOdd = [method, url, ...headers.map(({ value }) => value)].some((text) => CONTROL.test(text));
  const areNames = headers.every(({ name }) => /^[!#$%&'*+\-.^_`|~\w]+$/.test(name));
  if (isOdd || !areNames || body.includes('\0')) throw new UnquotableError('no-form');
  return request;
}

/** The value of a header that occurs once; undefined without it. */
export const headerOf = ({ headers }: CommandRequest, name: string): string | undefined =>
  headers.find((header) => header.name.toLowerCase() === name)?.value;
