import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Memento } from 'vscode';
import { OrderedMemento } from '../../src/base/orderedMemento.js';

/** Stores as VS Code does: all values as one, which comes back after each update as it was when the update was sent. */
class SlowMemento implements Memento {
  values: Record<string, unknown> = {};
  failing = false;

  keys = (): readonly string[] => Object.keys(this.values);
  get = <T>(key: string, defaultValue?: T): T => (this.values[key] ?? defaultValue) as T;

  async update(key: string, value: unknown): Promise<void> {
    this.values[key] = value;
    const sent = JSON.stringify(this.values);
    await turn();
    await turn();
    if (this.failing) throw new Error('the disk is full');
    this.values = JSON.parse(sent) as Record<string, unknown>;
  }
}

describe('A Memento with updates in their order', () => {
  it('keeps values that are updated at once, which VS Code by itself does not', async () => {
    const burst = async (memento: Memento): Promise<void> => {
      const first = memento.update('list', ['a']);
      await turn();
      const second = memento.update('notes', { a: 1 });
      await first;
      await Promise.all([second, memento.update('issued', ['x'])]);
    };
    const alone = new SlowMemento();
    await burst(alone);
    assert.equal(alone.values['notes'], undefined);
    const inner = new SlowMemento();
    await burst(new OrderedMemento(inner));
    assert.deepEqual(inner.values, { list: ['a'], notes: { a: 1 }, issued: ['x'] });
  });

  it('gives the value of an update at once', async () => {
    const memento = new OrderedMemento(new SlowMemento());
    void memento.update('a', 1);
    const removed = memento.update('a', undefined);
    void memento.update('b', 2);
    assert.deepEqual([memento.get('a'), memento.get('a', 7), memento.get('b'), memento.keys()], [undefined, 7, 2, ['b']]);
    await removed;
    assert.deepEqual([memento.get('a'), memento.get('b')], [undefined, 2]);
  });

  it('goes on after an update that fails, and reports it', async () => {
    const inner = new SlowMemento();
    const memento = new OrderedMemento(inner);
    inner.failing = true;
    await assert.rejects(memento.update('a', 1), /disk is full/);
    inner.failing = false;
    await memento.update('b', 2);
    assert.equal(memento.get('b'), 2);
  });
});
