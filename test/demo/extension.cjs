'use strict';
const { commands } = require('vscode');

exports.activate = async () => {
  await commands.executeCommand('tenantTokens.startSandbox');
  await commands.executeCommand('workbench.view.extension.tenantTokens');
};
