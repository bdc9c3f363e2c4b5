import { Session } from 'node:inspector';

/** As DevTools have it. */
interface Answer {
  readonly privateProperties?: readonly { readonly name: string; readonly value?: { readonly description?: string } }[];
}

/** How much each collection holds that objects keep to themselves, by its field, as `Broker.#held: Map(3)`. */
export function sizesOf(objects: readonly object[]): string[] {
  const session = new Session();
  session.connect();
  try {
    return objects.flatMap((object) => {
      Object.assign(globalThis, { looked: object });
      const found: string[] = [];
      // Both call back before they return: it is the same process.
      session.post('Runtime.evaluate', { expression: 'looked' }, (_, { result }) => {
        session.post('Runtime.getProperties', { objectId: result.objectId!, ownProperties: true }, (__, answer) => {
          for (const { name, value } of (answer as Answer).privateProperties ?? [])
            if (/^(?:Map|Set|Array)\(/.test(value?.description ?? ''))
              found.push(`${result.className}.${name}: ${value?.description}`);
        });
      });
      return found;
    });
  } finally {
    session.disconnect();
    Reflect.deleteProperty(globalThis, 'looked');
  }
}
