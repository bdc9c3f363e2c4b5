/** One end of the connection between two processes. */
interface Channel {
  /** Calls back with an error when the other process is gone, which this one may not have noticed yet. */
  send(message: Message, sent: (error: Error | null) => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

interface Message {
  readonly id: number;
  /** Set in a call, not in an answer. */
  readonly method?: string;
  readonly args?: readonly unknown[];
  readonly value?: unknown;
  /** Set instead of a value. */
  readonly error?: string;
}

type Methods = Readonly<Record<string, (...args: never[]) => unknown>>;

/** Lets two processes call each other. `describe` turns the error of a method into a text. */
export class Peer {
  readonly #channel: Channel;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;

  constructor(channel: Channel, methods: Methods, describe: (error: unknown) => string = String) {
    this.#channel = channel;
    channel.on('message', (received) => {
      const message = received as Message;
      if (message.method === undefined) {
        this.#settle(message);
        return;
      }
      const { id, method, args = [] } = message;
      const called = new Promise((resolve) => resolve(methods[method]?.(...(args as never[]))));
      void called.then(
        (value) => this.#answer({ id, value }),
        (error: unknown) => this.#answer({ id, error: describe(error) }),
      );
    });
  }

  /** @throws Error when the method fails, or when the other process has ended */
  async call<T>(method: string, ...args: readonly unknown[]): Promise<T> {
    const id = ++this.#last;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#channel.send({ id, method, args }, (error) => {
      if (error) this.#settle({ id, error: error.message });
    });
    return (await waiting.promise) as T;
  }

  /** Rejects all pending calls, because the other end is gone. */
  end(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('the process has ended'));
    this.#waiting.clear();
  }

  /** A process that ends does not wait for answers. */
  #answer(message: Message): void {
    this.#channel.send(message, () => undefined);
  }

  #settle({ id, value, error }: Message): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(error));
  }
}
