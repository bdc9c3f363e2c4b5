'use strict';
const { commands, ViewColumn, window } = require('vscode');

/** As its source has it: once over the text, at the moment of sending, and nothing for what is not there. */
const resolved = (text) =>
  text.replace(/\{{2}(.+?)\}{2}/g, (whole, variable) => {
    const name = /\$processEnv\s(%)?(\w+)/.exec(variable)?.[2];
    return name === undefined ? whole : (process.env[name] ?? '');
  });

/** Sends the only request of the active editor. */
async function send() {
  const [requestLine, ...lines] = resolved(window.activeTextEditor.document.getText()).trim().split(/\r?\n/);
  const [method, url] = requestLine.split(' ');
  const headers = lines.map((line) => /^([^:]+): ?(.*)$/.exec(line).slice(1));
  const response = await fetch(url, { method, headers });
  show(`HTTP/1.1 ${response.status}\n\n${await response.text()}`);
}

let panel;

/** Shows the response in a page in the second group, which takes the focus. */
function show(text) {
  panel ??= window.createWebviewPanel('rest-response', 'Response', ViewColumn.Two);
  panel.onDidDispose(() => (panel = undefined));
  panel.webview.html = `<pre>${text.replaceAll(/[&<]/g, (one) => `&#${one.charCodeAt(0)};`)}</pre>`;
  panel.reveal(ViewColumn.Two);
}

exports.activate = ({ subscriptions }) => {
  subscriptions.push(commands.registerCommand('rest-client.request', send));
};
