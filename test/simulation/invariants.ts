import { inspect } from 'node:util';
import { AppError } from '../../src/base/errors.js';
import type { HttpRequest, HttpResponse } from '../../src/net/http.js';
import type { Access } from '../../src/store/record.js';
import type { Machine, Window } from './machine.js';
import { API_TOKEN, CANARY, type Family, type Presented } from './service.js';

export type Name = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7';

/** How long after the first time a request may be sent again automatically. */
const REPEAT_MS = 25_000;

/** An API token that was sent, without a stored response so far. */
interface Unanswered {
  readonly window: Window;
  readonly index: number;
  /** In true time. */
  readonly at: number;
  times: number;
  /** The window has a response, and must store it. */
  isAnswered: boolean;
}

/**
 * What must hold whatever happens (reliability.md §4).
 * - I1 One exchange of a token at a time.
 * - I2 No API token is presented that is known to have been replaced, except by the rule of the replay.
 * - I3 No API token is lost or deleted unless a person removed it, and no removed one comes back.
 * - I4 No expired access token is handed out.
 * - I5 No secret is shown to anybody.
 * - I6 After recovery, there is an access token soon.
 * - I7 An API token that may have been replaced, because no response was stored, is sent automatically once more within 25 s, and
 * not by another window if each exchange replaces it.
 */
export class Invariants {
  readonly violations: { readonly name: Name; readonly what: string }[] = [];
  readonly #machine: Machine;
  readonly #underWay = new Map<HttpRequest, { readonly window: Window; readonly family: string }>();
  /** The newest API token of each family that each window has learned. */
  readonly #learned = new Map<Window, Map<string, number>>();
  /** The newest one in the second copy, by place and family. */
  readonly #copied = new Map<string, number>();
  /** The refused ones, by window, family and index. */
  readonly #refused = new Set<string>();
  /** The last request, by family. */
  readonly #unanswered = new Map<string, Unanswered>();
  /** Windows whose person knows about an uncertain renewal and requests an exchange anyway, by family. */
  readonly #asked = new Map<string, Set<Window>>();
  /** The clock was set back, or stood still, at these true times. */
  readonly setBack: number[] = [];
  readonly stoodStill: number[] = [];

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  sends(window: Window, request: HttpRequest): void {
    const [, family = '', index] = API_TOKEN.exec(decodeURIComponent(request.body ?? '')) ?? [];
    const { policy, folders } = this.#machine.setting;
    for (const other of this.#underWay.values()) {
      const isHarmless =
        !policy.rotates && (folders === 0 || other.window.place !== window.place || this.#machine.wereFoldersBroken);
      if (other.family === family && other.window.isAlive && !isHarmless)
        this.violated('I1', `windows ${other.window.pid} and ${window.pid} exchange ${family} at once`);
    }
    this.#machine.tell(`window ${window.pid} sends ${family}`);
    this.#underWay.set(request, { window, family });
    this.#mayBeSent(window, family, Number(index));
  }

  /** A person has read that a renewal is uncertain, and requests an exchange. */
  isAsked(window: Window, family: string): void {
    this.#asked.set(family, (this.#asked.get(family) ?? new Set()).add(window));
  }

  /** A live window learns the result of a request. */
  settles(window: Window, request: HttpRequest, outcome: HttpResponse | AppError): void {
    const [, family = ''] = API_TOKEN.exec(decodeURIComponent(request.body ?? '')) ?? [];
    const sent = this.#unanswered.get(family);
    if (sent?.window !== window) return;
    if (outcome instanceof AppError) {
      if (outcome.code !== 'unreachable') return;
      if (--sent.times > 0) return;
    } else if (outcome.body.includes(CANARY)) {
      sent.isAnswered = true;
      return;
    }
    this.#unanswered.delete(family);
  }

  ends(_window: Window, request: HttpRequest): void {
    this.#underWay.delete(request);
  }

  presents(window: Window, { family, index, answered }: Presented): void {
    const known = this.newestKnown(family, window);
    this.#machine.tell(`window ${window.pid} presents ${family.name} ${index}: ${answered ?? 'refused'}`);
    const wasRefused = this.#refused.has(`${window.pid} ${family.name} ${index + 1}`);
    if (index < known && !wasRefused)
      this.violated('I2', `window ${window.pid} presents ${family.name} ${index}, and ${known} is known`);
    if (answered === undefined) this.#refused.add(`${window.pid} ${family.name} ${index}`);
  }

  learns(window: Window, family: Family, index: number): void {
    const learned = this.#learned.get(window) ?? new Map<string, number>();
    learned.set(family.name, Math.max(index, learned.get(family.name) ?? 0));
    this.#learned.set(window, learned);
  }

  /** A window has written the second copy of a record. */
  copies(window: Window, family: string): void {
    const learned = this.#learned.get(window)?.get(family) ?? 0;
    const key = `${window.place} ${family}`;
    this.#copied.set(key, Math.max(learned, this.#copied.get(key) ?? 0));
    const sent = this.#unanswered.get(family);
    if (sent?.window === window && sent.isAnswered) this.#unanswered.delete(family);
  }

  /** What a window can know about a family: from its storage, from its folder, or because another live window has stored it. */
  newestKnown(family: Family, window: Window): number {
    const saved = [...this.#learned].filter(
      ([one, learned]) => one.isAlive && one.storedIndex(family.name) >= (learned.get(family.name) ?? 0),
    );
    return Math.max(
      0,
      this.#copied.get(`${window.place} ${family.name}`) ?? 0,
      window.storedIndex(family.name),
      ...saved.map(([, learned]) => learned.get(family.name) ?? 0),
    );
  }

  isHandedOut(window: Window, access: Access, isBeingKept: boolean): void {
    const family = this.#machine.service.families.get(/AT-(\w+)-/.exec(access.token)?.[1] ?? '');
    const wasKept = this.#machine.keyringLost.has(family?.name ?? '');
    if (
      family &&
      !isBeingKept &&
      !wasKept &&
      this.newestKnown(family, window) < (this.#learned.get(window)?.get(family.name) ?? 0)
    )
      this.violated('I3', `window ${window.pid} hands out an access token of ${family.name}, whose API token it has not kept`);
    const issued = this.#machine.service.issued.get(access.token);
    const { true: now } = this.#machine.time;
    if (!issued || issued.endsAt > now) return;
    const since = (times: readonly number[]): boolean => times.some((time) => time >= issued.at);
    // Both clocks of this window have been wrong since: nobody could know.
    if (since(this.setBack) && (since(this.stoodStill) || issued.window !== window)) return;
    if (issued.clockWasSlow) return;
    this.violated('I4', `window ${window.pid} hands out a token that ended ${now - issued.endsAt} ms ago`);
  }

  /** An error that a person sees. */
  isTold(error: unknown): void {
    if (!(error instanceof AppError)) this.violated('I6', `an error that says nothing: ${inspect(error)}`);
    this.#tellsNothing(inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error), 'an error');
  }

  /** At the end: everything written where others can read it. */
  tellNothing(): void {
    const { windows, state, folders } = this.#machine;
    for (const window of windows) this.#tellsNothing(window.log.lines.join('\n'), 'the log');
    this.#tellsNothing(JSON.stringify([...state.main.values()]), 'globalState');
    for (const folder of folders) this.#tellsNothing(JSON.stringify(folder.contents), 'the folder');
  }

  #mayBeSent(window: Window, family: string, index: number): void {
    const { time, setting, wereFoldersBroken } = this.#machine;
    // A dead window may have noted it without sending it: then the next one sends it for the first time.
    const asked = [...(this.#asked.get(family) ?? [])].filter((one) => one === window || !one.isAlive);
    for (const one of asked) this.#asked.get(family)?.delete(one);
    const isAsked = asked.length > 0;
    const sent = this.#unanswered.get(family);
    if (isAsked || sent?.index !== index) {
      this.#unanswered.set(family, { window, index, at: time.true, times: 1, isAnswered: false });
      return;
    }
    const isOther = sent.window !== window;
    this.#unanswered.set(family, { ...sent, window, times: sent.times + 1 });
    // Without a shared folder, no window can know; a service that has shown that it does not rotate loses nothing.
    if (!setting.policy.rotates || setting.folders !== 1 || wereFoldersBroken || this.setBack.some((at) => at >= sent.at)) return;
    const isAllowed = sent.times < 2 && time.true - sent.at <= REPEAT_MS && !(isOther && setting.policy.platform === 'commvault');
    if (!isAllowed)
      this.violated(
        'I7',
        `window ${window.pid} sends ${family} ${index} again, ${time.true - sent.at} ms after ${sent.window.pid}`,
      );
  }

  violated(name: Name, what: string): void {
    this.#machine.tell(`VIOLATION ${name}: ${what}`);
    this.violations.push({ name, what });
  }

  #tellsNothing(text: string, where: string): void {
    if (text.includes(CANARY))
      this.violated('I5', `a secret in ${where}: ${text.slice(text.indexOf(CANARY) - 100, text.indexOf(CANARY) + 40)}`);
  }
}
