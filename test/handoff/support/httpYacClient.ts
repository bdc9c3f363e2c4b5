import { inspect } from 'node:util';
import { io, send, store, utils, type ConfigureHooks, type HttpRegionSendContext, type SendContext } from 'httpyac';
// The file provider that httpYac needs.
import '../../httpFile/support/httpyac.js';

/** What a user of httpYac's extension sees after a send. */
export interface Outcome {
  /** By request; 0 without a response. */
  readonly statuses: readonly number[];
  /** The output channel: requests and responses, errors, and everything that the library logs at its finest level. */
  readonly output: string;
  /** Messages of requests that ended in an error. */
  readonly errors: readonly string[];
  /** The variables and sessions after the last send. */
  readonly variables: string;
}

export interface Sent {
  readonly plugins?: Readonly<Record<string, ConfigureHooks>>;
  /** As in `.httpyac.json`. */
  readonly config?: NonNullable<SendContext['config']>;
  readonly repeat?: number;
}

/** Sends every request of a text as httpYac's extension does. */
export async function sendText(text: string, { plugins = {}, config = {}, repeat }: Sent = {}): Promise<Outcome> {
  const lines: string[] = [];
  const errors: string[] = [];
  const statuses: number[] = [];
  let variables = '';
  const print = utils.requestLoggerFactory((line) => void lines.push(line), {
    requestOutput: true,
    requestHeaders: true,
    requestBodyLength: 1024,
    responseHeaders: true,
    responseBodyLength: 1024,
  });
  await loggingTo(lines, async () => {
    Object.assign(store.pluginStore, plugins);
    try {
      const httpFile = await new store.HttpFileStore().parse('/requests.http', text, { workingDir: '/', config });
      for (const httpRegion of httpFile.httpRegions.filter(({ request }) => request)) {
        const context: HttpRegionSendContext = {
          httpFile,
          httpRegion,
          config,
          ...(repeat && { repeat: { count: repeat, type: 'parallel' as never } }),
          scriptConsole: new io.Logger(loggerOf(lines)),
          logResponse: async (response, region) => {
            statuses.push(response?.statusCode ?? 0);
            await print(response, region);
          },
        };
        await send(context);
        errors.push(...(httpRegion.testResults ?? []).flatMap(({ error }) => error?.displayMessage ?? []));
        variables = inspect([context.variables, httpRegion.variablesPerEnv, store.userSessionStore.userSessions], { depth: 8 });
      }
    } finally {
      for (const id of Object.keys(plugins)) Reflect.deleteProperty(store.pluginStore, id);
    }
  });
  return { statuses, output: lines.join('\n'), errors: [...new Set(errors)], variables };
}

async function loggingTo(lines: string[], work: () => Promise<void>): Promise<void> {
  const { options } = io.log;
  const before = { ...options };
  Object.assign(options, { level: undefined }, loggerOf(lines));
  try {
    await work();
  } finally {
    Object.assign(options, { logMethod: undefined }, before);
  }
}

const loggerOf = (lines: string[]) => ({
  logMethod: (_: number, ...what: unknown[]) =>
    void lines.push(inspect(what, { depth: 8, maxStringLength: null, showHidden: true })),
});
