import type { TextEdit } from './edits.js';
import type { Question } from './questions.js';
import type { Warning } from './request.js';

/** What to do to a document so that a request has its headers. */
export interface HeaderEdits {
  /** What sets the headers, if every question is answered with yes. In document order; empty where they are set. */
  readonly edits: readonly TextEdit[];
  /** The same with definitions updated in place of the headers that refer to them; only where a question has one. */
  readonly atDefinition?: readonly TextEdit[];
  /** What to confirm before any of it. */
  readonly questions: readonly Question[];
  readonly warnings: readonly Warning[];
}
