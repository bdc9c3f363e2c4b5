import type { Memento } from 'vscode';
import { Emitter, type Disposable, type Event } from '../base/event.js';

const KEY = 'activeToken';

/** The token that was last used in this workspace: the status bar shows its remaining time, and commands list it first. */
export class ActiveToken implements Disposable {
  readonly #memento: Memento;
  readonly #changed = new Emitter<void>();

  constructor(memento: Memento) {
    this.#memento = memento;
  }

  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  get id(): string | undefined {
    const id = this.#memento.get<unknown>(KEY);
    return typeof id === 'string' ? id : undefined;
  }

  async set(id: string | undefined): Promise<void> {
    if (id === this.id) return;
    await this.#memento.update(KEY, id);
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
