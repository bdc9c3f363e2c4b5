import type { Memento } from 'vscode';
import { copyForms, type CopyForm } from './forms.js';

const KEY = 'copyForm';

/** The form that was copied last. */
export class LastForm {
  readonly #memento: Memento;

  constructor(memento: Memento) {
    this.#memento = memento;
  }

  get value(): CopyForm | 'redacted' | undefined {
    const value = this.#memento.get<unknown>(KEY);
    return value === 'redacted' || (typeof value === 'string' && Object.hasOwn(copyForms, value))
      ? (value as CopyForm | 'redacted')
      : undefined;
  }

  async set(form: CopyForm | 'redacted'): Promise<void> {
    await this.#memento.update(KEY, form);
  }
}
