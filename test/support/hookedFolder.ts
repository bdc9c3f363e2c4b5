import type { SharedFolder } from '../../src/store/folder.js';

/** One operation on a folder, about to be done or done. What lists has no name. */
export interface Operation {
  readonly when: 'before' | 'after';
  readonly method: Exclude<keyof SharedFolder, 'folder'>;
  readonly name: string;
}

/** A folder that waits for `hook` before and after each operation in it and in those below: it may fail there, or never go on. */
export function hookedFolder(folder: SharedFolder, hook: (operation: Operation) => unknown): SharedFolder {
  const around = async <T>(method: Operation['method'], name: string, work: () => Promise<T>): Promise<T> => {
    await hook({ when: 'before', method, name });
    const result = await work();
    await hook({ when: 'after', method, name });
    return result;
  };
  return {
    folder: (name) => hookedFolder(folder.folder(name), hook),
    names: () => around('names', '', () => folder.names()),
    read: (name) => around('read', name, () => folder.read(name)),
    create: (name, content) => around('create', name, () => folder.create(name, content)),
    replace: (name, content) => around('replace', name, () => folder.replace(name, content)),
    rename: (from, to) => around('rename', from, () => folder.rename(from, to)),
    remove: (name) => around('remove', name, () => folder.remove(name)),
    touch: (name) => around('touch', name, () => folder.touch(name)),
    touchedAt: (name) => around('touchedAt', name, () => folder.touchedAt(name)),
  };
}
