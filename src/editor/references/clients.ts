import * as vscode from 'vscode';
import { findingRequestsAt, sameReading, type Dialect, type FindOptions, type Lines, type Work } from '../../httpFile/index.js';
import { settings } from '../../settings.js';
import { isMarkdown } from '../document.js';
import { readDocument } from '../readings.js';
import type { Choice, Prompter } from '../../views/prompter.js';
import { answered } from '../../views/prompts.js';

export const HTTP_YAC = 'anweber.vscode-httpyac';
export const REST_CLIENT = 'humao.rest-client';

interface Client {
  readonly id: string;
  readonly dialect: Exclude<Dialect, 'jetbrains'>;
  /** It takes variables and requests from the files that a line `import ./other.http` names. */
  readonly imports?: true;
}

/** The clients that can resolve references. REST Client's forks read files, and look up the environment, as it does. */
const CLIENTS: readonly Client[] = [
  { id: HTTP_YAC, dialect: 'httpyac' },
  { id: REST_CLIENT, dialect: 'rest-client' },
  { id: 'tutilus.rest-client-next', dialect: 'rest-client' },
  { id: 'argalla.httpkeeper', dialect: 'rest-client', imports: true },
];

interface ClientsHere {
  readonly httpYac: boolean;
  /** REST Client or one of its forks. */
  readonly restClient: boolean;
  /** Whether one of those imports other files. */
  readonly imports: boolean;
}

/** The HTTP clients in this extension host; those in other hosts are neither visible nor reachable. */
export function clientsHere(): ClientsHere {
  const here = CLIENTS.filter(({ id }) => vscode.extensions.getExtension(id) !== undefined);
  const reads = (dialect: Client['dialect']): boolean => here.some((client) => client.dialect === dialect);
  return { httpYac: reads('httpyac'), restClient: reads('rest-client'), imports: here.some(({ imports }) => imports) };
}

/** The dialects of these clients. */
export function dialectsHere(): readonly Dialect[] {
  const { httpYac, restClient } = clientsHere();
  return [...(httpYac ? ['httpyac' as const] : []), ...(restClient ? ['rest-client' as const] : [])];
}

const KEY = 'dialect';

/** Decides which client's reading of a file counts: as set, as chosen in this workspace, or that of the installed client. */
export class Dialects {
  readonly #memento: vscode.Memento;
  readonly #prompter: Prompter;

  constructor(workspaceState: vscode.Memento, prompter: Prompter) {
    this.#memento = workspaceState;
    this.#prompter = prompter;
  }

  /** httpYac reads what REST Client does, and more; so it stands for both, and is the default without a client. */
  get current(): Dialect {
    const { httpYac, restClient } = clientsHere();
    return this.#settled ?? (restClient && !httpYac ? 'rest-client' : 'httpyac');
  }

  /**
   * The dialect to edit with. If both clients are installed and read the request at a cursor differently, the person chooses one,
   * once for the workspace.
   * @returns undefined when the person cancelled
   */
  async settle(document: vscode.TextDocument, cursors: () => readonly number[]): Promise<Dialect | undefined> {
    const { httpYac, restClient } = clientsHere();
    if (this.#settled || !httpYac || !restClient) return this.current;
    if (await readDocument(document, (lines) => readAlike(lines, cursors(), { markdown: isMarkdown(document) })))
      return this.current;
    const choices: Choice<Dialect>[] = [
      { label: 'httpYac', value: 'httpyac' },
      { label: 'REST Client', value: 'rest-client' },
    ];
    const answer = this.#prompter.choice({
      title: vscode.l10n.t('Insert Headers'),
      placeholder: vscode.l10n.t('The two clients read this request differently. Which one will send it?'),
      choices,
    });
    const dialect = await answered(answer);
    if (dialect !== undefined) await this.#memento.update(KEY, dialect);
    return dialect;
  }

  get #settled(): Dialect | undefined {
    const answered = this.#memento.get<unknown>(KEY);
    return settings.httpClient() ?? (answered === 'httpyac' || answered === 'rest-client' ? answered : undefined);
  }
}

/** Whether both clients read the requests at these lines in the same way. */
function* readAlike(lines: Lines, cursors: readonly number[], options: FindOptions): Work<boolean> {
  const byHttpYac = yield* findingRequestsAt(lines, cursors, 'httpyac', options);
  const byRestClient = yield* findingRequestsAt(lines, cursors, 'rest-client', options);
  return byHttpYac.every((found, index) => sameReading(found, byRestClient[index] ?? found));
}
