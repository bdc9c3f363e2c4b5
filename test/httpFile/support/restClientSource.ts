import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { build, type Plugin } from 'esbuild';
import { MAX_SENT, type Leaving, type OpenText } from './restClientModel.js';

/** A checkout of REST Client with its packages (`npm install`). It is not available as a package. */
export const restClientSource = process.env['REST_CLIENT_SOURCE'];

/** A request to its HTTP library. */
interface Asked {
  readonly url: string;
  readonly options: {
    readonly headers?: Readonly<Record<string, unknown>>;
    readonly body?: string | Buffer;
    readonly username?: string;
    readonly password?: string;
  };
}

/** The state that REST Client and its stand-ins share; set and read by the test, in a bundle that does not know it. */
interface Surroundings {
  editor: unknown;
  asked: Asked[];
  signedIn: string[];
}

interface Place {
  readonly line: number;
  readonly character: number;
}

interface Bundle {
  readonly surroundings: Surroundings;
  readonly RequestController: new (context: object) => { run(range?: object): Promise<void> };
  readonly Range: new (...places: readonly number[]) => object;
}

/** REST Client's own sources, from the send command down to the HTTP library, without display and storage. */
export class RealRestClient {
  readonly version: string;
  readonly #bundle: Bundle;
  readonly #controller: { run(range?: object): Promise<void> };
  readonly #folder: string;

  private constructor(bundle: Bundle, version: string, folder: string) {
    this.#bundle = bundle;
    this.version = version;
    this.#controller = new bundle.RequestController({});
    this.#folder = folder;
  }

  /**
   * @param source the folder with its sources
   * @param folder the folder of its documents and the files that they send
   */
  static async load(source: string, folder: string): Promise<RealRestClient> {
    const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { readonly version: string };
    const outfile = join(folder, 'restClient.cjs');
    await build({
      stdin: { contents: ENTRY, resolveDir: join(source, 'src') },
      outfile,
      plugins: [standIns(source)],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
    return new RealRestClient(createRequire(__filename)(outfile) as Bundle, version, folder);
  }

  /** Sends with the cursor in a line. */
  send(document: OpenText, line: number): Promise<Leaving[]> {
    const place = new this.#bundle.Range(line, 0, line, 0);
    return this.#run(this.#editorOf(document, { isEmpty: true }), place);
  }

  /** Sends what is selected. @param range start and end, each as line and character */
  sendSelected(document: OpenText, ...range: readonly [number, number, number, number]): Promise<Leaving[]> {
    const selection = Object.assign(new this.#bundle.Range(...range), { isEmpty: false });
    return this.#run(this.#editorOf(document, selection));
  }

  async #run(editor: object, place?: object): Promise<Leaving[]> {
    const { surroundings } = this.#bundle;
    Object.assign(surroundings, { asked: [], signedIn: [], editor });
    await this.#controller.run(place).catch(() => undefined);
    const elsewhere = surroundings.signedIn.map((text): Leaving => ({ host: 'elsewhere', text, headers: '' }));
    return [...surroundings.asked.flatMap(leavingIn), ...elsewhere];
  }

  #editorOf({ uri, text, markdown }: OpenText, selection: object): object {
    const lines = text.split(/\r\n|\r|\n/);
    const document = {
      uri: { toString: () => uri },
      fileName: join(this.#folder, 'requests.http'),
      languageId: markdown ? 'markdown' : 'http',
      version: 1,
      lineCount: lines.length,
      lineAt: (line: number) => ({ text: lines[line] }),
      getText(range?: { readonly start: Place; readonly end: Place }) {
        if (!range) return text;
        const { start, end } = range;
        const last = lines[end.line]?.slice(0, end.character) ?? '';
        const within = [...lines.slice(start.line, end.line), last];
        // With one line, the start counts from the beginning of what is left.
        return [within[0]?.slice(start.character) ?? '', ...within.slice(1)].join('\n');
      },
    };
    return { document, selection, viewColumn: 1 };
  }
}

function leavingIn({ url, options: { headers = {}, body, username, password } }: Asked): Leaving[] {
  const parsed = URL.parse(url);
  if (!parsed?.host) return [];
  const host = parsed.protocol === 'http:' && !parsed.port ? `${parsed.host}:80` : parsed.host;
  const signedIn = [username, password].filter((one) => one !== undefined).join(' ');
  const inHeaders = [...Object.entries(headers).flat().map(String), signedIn].join('\n');
  return [{ host, text: [url, inHeaders, (body ?? '').toString()].join('\n'), headers: inHeaders }];
}

const ENTRY = `
  export { RequestController } from './controllers/requestController';
  export { Range } from 'vscode';
  export { surroundings } from 'surroundings';
`;

const STAND_INS: Readonly<Record<string, string>> = {
  surroundings: 'exports.surroundings = { editor: undefined, asked: [], signedIn: [] };',
  vscode: `
    const { surroundings } = require('surroundings');
    class Position {
      constructor(line, character) { Object.assign(this, { line, character }); }
    }
    class Range {
      constructor(startLine, startCharacter, endLine, endCharacter) {
        this.start = new Position(startLine, startCharacter);
        this.end = new Position(endLine, endCharacter);
      }
      contains({ line, character }) {
        const isIn = ({ line: of, character: at }, sign) => sign * (line - of || character - at) >= 0;
        return isIn(this.start, 1) && isIn(this.end, -1);
      }
    }
    class EventEmitter {
      event() {}
      fire() {}
    }
    const settings = {
      get: (key, otherwise) => (key === 'environmentVariables' ? { $shared: {} } : otherwise),
    };
    module.exports = {
      Position, Range, EventEmitter,
      ViewColumn: { Active: -1, Beside: -2 },
      StatusBarAlignment: {},
      env: {},
      languages: { setLanguageConfiguration() {}, match: () => 1 },
      workspace: { getConfiguration: () => settings, getWorkspaceFolder() {}, onDidChangeConfiguration() {} },
      window: {
        get activeTextEditor() { return surroundings.editor; },
        onDidChangeActiveTextEditor() {},
        showInputBox: async () => 'typed',
        showWarningMessage: async () => 'Yes',
        showErrorMessage: async () => undefined,
      },
    };`,
  got: `
    const { surroundings } = require('surroundings');
    exports.default = (url, options) => {
      surroundings.asked.push({ url, options });
      const { headers, body } = options;
      // The service echoes what it receives, unless that doubles with each request.
      const sent = Buffer.from([url, JSON.stringify(headers), String(body ?? '')].join('\\n'));
      if (!URL.canParse(url)) throw new Error('no address');
      if (sent.length > ${MAX_SENT}) throw new Error('too long');
      const answered = { x: [url, ...Object.values(headers)].join(' ') };
      const response = {
        statusCode: 200, statusMessage: 'OK', httpVersion: '1.1', headers: answered, rawHeaders: ['x', answered.x], body: sent,
        timings: {}, request: { options: { headers } },
      };
      return Object.assign(Promise.resolve(response), { on() {} });
    };`,
  'aws-amplify': `
    const { surroundings } = require('surroundings');
    let pool;
    exports.Amplify = { configure: (options) => { pool = options; } };
    exports.Auth = {
      signIn: async (...credentials) => {
        surroundings.signedIn.push([...credentials, JSON.stringify(pool)].join(' '));
        return { signInUserSession: { idToken: { jwtToken: 'EXAMPLE-id' }, accessToken: { jwtToken: 'EXAMPLE-access' } } };
      },
    };`,
  'tough-cookie-file-store': 'exports.FileCookieStore = class {};',
  // The bundled code calls it by a name that the package lacks: without this no cURL command would be sent.
  'yargs-parser': "exports.default = require('yargs-parser');",
  decorator: 'exports.trace = () => (_target, _key, descriptor) => descriptor;',
  logger: 'module.exports = { error() {} };',
  userDataManager: `exports.UserDataManager = {
    cookieFilePath: '', getEnvironment: async () => undefined, addToRequestHistory: async () => undefined,
  };`,
  requestStatusBarEntry: 'exports.RequestState = {}; exports.RequestStatusEntry = class { update() {} };',
  environmentStatusBarEntry: 'exports.EnvironmentStatusEntry = class {};',
  httpResponseTextDocumentView: 'exports.HttpResponseTextDocumentView = class {};',
  httpResponseWebview: 'exports.HttpResponseWebview = class { onDidCloseAllWebviewPanels() {} render() {} };',
  'adal-node': '',
  aadV2TokenProvider: 'exports.AadV2TokenProvider = class {};',
  oidcClient: 'exports.OidcClient = class {};',
};

/** Replaces the editor, the network, display and storage. A stand-in that imports its own name gets the original. */
const standIns = (resolveDir: string): Plugin => ({
  name: 'stand-ins',
  setup(bundle) {
    bundle.onResolve({ filter: /./ }, ({ path, importer }) => {
      const name = /[^/]*$/.exec(path)?.[0] ?? '';
      return name in STAND_INS && importer !== name ? { path: name, namespace: 'stand-in' } : undefined;
    });
    bundle.onLoad({ filter: /./, namespace: 'stand-in' }, ({ path }) => ({ contents: STAND_INS[path] ?? '', resolveDir }));
  },
});
