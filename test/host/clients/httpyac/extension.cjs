'use strict';
const { appendFileSync } = require('node:fs');
const path = require('node:path');
const httpyac = require('httpyac');
const { commands, languages, window, workspace } = require('vscode');

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

/** Sends the request at the cursor, and prints it with its answer into a file beside its own: `<name>.httpyac.log`. */
async function send() {
  const { document, selection } = window.activeTextEditor;
  const print = (line) => appendFileSync(`${document.fileName}.httpyac.log`, `${line}\n`);
  const httpFile = await read(document);
  const { line } = selection.active;
  const isHere = ({ request, symbol }) => request && symbol.startLine <= line && line <= symbol.endLine;
  const httpRegion = httpFile.httpRegions.find(isHere);
  await httpyac.send({ httpFile, httpRegion, logResponse: httpyac.utils.requestLoggerFactory(print, PRINTED) });
  print('sent');
}

exports.activate = ({ subscriptions }) => {
  const isHttp = (document) => languages.match('http', document) > 0;
  const readIfHttp = (document) => void (isHttp(document) && read(document));
  workspace.textDocuments.forEach(readIfHttp);
  subscriptions.push(workspace.onDidOpenTextDocument(readIfHttp), commands.registerCommand('httpyac.send', send));
  return { httpyac, documentStore };
};
