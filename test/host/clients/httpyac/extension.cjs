'use strict';
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const httpyac = require('httpyac');
const { commands, languages, Uri, ViewColumn, window, workspace } = require('vscode');

const PRINTED = {
  requestOutput: true,
  requestHeaders: true,
  requestBodyLength: 1024,
  responseHeaders: true,
  responseBodyLength: 1024,
};

Object.assign(httpyac.io.fileProvider, {
  EOL: '\n',
  isAbsolute: async (file) => path.isAbsolute(String(file)),
  dirname: (file) => path.dirname(String(file)),
  hasExtension: () => false,
  joinPath: (...parts) => path.join(...parts.map(String)),
  exists: async () => false,
  readdir: async () => [],
});

const documentStore = new httpyac.store.HttpFileStore();

/** As the extension does for its lenses, so that a file is known, with the plugins of that moment, before it is sent. */
function read(document) {
  const options = { workingDir: path.dirname(document.fileName), config: {} };
  return documentStore.getOrCreate(document.fileName, async () => document.getText(), document.version, options);
}

let responses;
let count = 0;

/** Shows the response in a file in the second group, which does not take the focus. */
async function show({ statusCode, parsedBody, body }) {
  const file = path.join(responses, `response-${++count}.http`);
  writeFileSync(file, `HTTP/1.1 ${statusCode}\n\n${typeof body === 'string' ? body : JSON.stringify(parsedBody)}`);
  await window.showTextDocument(Uri.file(file), { viewColumn: ViewColumn.Two, preserveFocus: true, preview: true });
}

/** Sends the request at the cursor, and prints it with its answer into a file beside its own: `<name>.httpyac.log`. */
async function send() {
  const { document, selection } = window.activeTextEditor;
  const print = (line) => appendFileSync(`${document.fileName}.httpyac.log`, `${line}\n`);
  const httpFile = await read(document);
  const { line } = selection.active;
  const isHere = ({ request, symbol }) => request && symbol.startLine <= line && line <= symbol.endLine;
  const httpRegion = httpFile.httpRegions.find(isHere);
  const log = httpyac.utils.requestLoggerFactory(print, PRINTED);
  let answer;
  const logResponse = async (response, region) => {
    await log(response, region);
    answer = response;
  };
  await httpyac.send({ httpFile, httpRegion, logResponse });
  // None came for a request that was not sent.
  if (answer) await show(answer);
  print('sent');
}

exports.activate = ({ globalStorageUri, subscriptions }) => {
  responses = globalStorageUri.fsPath;
  mkdirSync(responses, { recursive: true });
  const isHttp = (document) => languages.match('http', document) > 0;
  const readIfHttp = (document) => void (isHttp(document) && read(document));
  workspace.textDocuments.forEach(readIfHttp);
  subscriptions.push(workspace.onDidOpenTextDocument(readIfHttp), commands.registerCommand('httpyac.send', send));
  return { httpyac, documentStore };
};
