import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import * as vscode from 'vscode';
import type { Command, Uses } from '../command.js';

const KEY = 'tenantTokens.tenants';

/** Opens the user's settings.json with the target's entry selected, or at the tenants. Edits nothing. */
export const openTenantSettings: Command<Uses<'tenants'>> = async ({ tenants }, target) => {
  await vscode.commands.executeCommand('workbench.action.openSettingsJson', { revealSetting: { key: KEY } });
  const index = target.entry ?? tenants.entryOf(target.tenant)?.index;
  const editor = vscode.window.activeTextEditor;
  if (index === undefined || !editor?.document.uri.path.endsWith('.json')) return;
  const { document } = editor;
  const root = parseTree(document.getText());
  const node = root && findNodeAtLocation(root, [KEY, index]);
  if (!node) return;
  const range = new vscode.Range(document.positionAt(node.offset), document.positionAt(node.offset + node.length));
  editor.selection = new vscode.Selection(range.start, range.end);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
};
