import type { TextEdit } from './edits.js';
import type { Question } from './questions.js';
import type { Warning } from '../request.js';

/** The edits and questions that give a request its headers. */
export interface HeaderEdits {
  /** The edits if every question is answered with yes, in document order; empty if nothing has to change. */
  readonly edits: readonly TextEdit[];
  /** The same edits, but updating definitions instead of the headers that refer to them; only if a question has a definition. */
  readonly atDefinition?: readonly TextEdit[];
  /** What the person must confirm first. */
  readonly questions: readonly Question[];
  readonly warnings: readonly Warning[];
}
