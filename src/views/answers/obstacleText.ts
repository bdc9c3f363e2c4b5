import * as vscode from 'vscode';
import type { Obstacle } from '../../httpFile/index.js';
import { warningText } from '../insertionQuestions.js';

/** What keeps a request from being tried. */
export function obstacleText(obstacle: Obstacle): string {
  const line = obstacle.line + 1;
  switch (obstacle.kind) {
    case 'script':
      return vscode.l10n.t('Line {0} has a script.', line);
    case 'import':
      return vscode.l10n.t('Line {0} imports something.', line);
    case 'file':
      return vscode.l10n.t('Line {0} sends a file.', line);
    case 'handler':
      return vscode.l10n.t('Line {0} handles the response.', line);
    case 'response':
      return vscode.l10n.t('Line {0} begins a saved response.', line);
    case 'messages':
      return vscode.l10n.t('Line {0} separates several messages.', line);
    case 'comment':
      return vscode.l10n.t('Line {0} has a comment in the body, which not every client leaves out.', line);
    case 'definition':
      return vscode.l10n.t('Line {0} defines a variable in the body. It belongs above the request.', line);
    case 'curl':
      return vscode.l10n.t('Line {0} has a cURL command.', line);
    case 'multipart':
      return vscode.l10n.t('Line {0}: the body of this request has several parts (multipart).', line);
    case 'form':
      return vscode.l10n.t(
        'Line {0} does not continue a form: its fields have no blanks, and each further line begins with &.',
        line,
      );
    case 'braces':
      return vscode.l10n.t('Line {0} has braces that do not stand for a value.', line);
    case 'address':
      return vscode.l10n.t('Line {0} has no complete address, such as https://api.example.com/path.', line);
    case 'token-in-address':
      return vscode.l10n.t('Line {0} puts an access token into the address, which others log. It belongs into a header.', line);
    case 'credentials':
      return vscode.l10n.t('Line {0} has credentials from which a client computes the header.', line);
    case 'variable':
      return vscode.l10n.t('Line {0}: “{1}” is not a variable with one value in this file.', line, obstacle.name);
    case 'directive':
      return vscode.l10n.t('Line {0} has the directive {1}.', line, obstacle.name);
    case 'method':
      return vscode.l10n.t('Line {0}: {1} is not a method that Try Request sends.', line, obstacle.name);
    case 'header':
      return vscode.l10n.t('Line {0}: {1} is not a header that Try Request sends.', line, obstacle.name);
    case 'repeated-header':
      return vscode.l10n.t('Line {0} has the header {1} again.', line, obstacle.name);
    case 'header-value':
      return vscode.l10n.t('Line {0}: the value of {1} has characters that a header cannot have.', line, obstacle.name);
    case 'doubt':
      return warningText({ kind: obstacle.warning, line: obstacle.line });
  }
}
