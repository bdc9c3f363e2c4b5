import assert from 'node:assert/strict';
import process from 'node:process';
import { Random } from '../simulation/random.js';
import { serve, type Loopback } from '../faults/loopback.js';
import { isLong } from '../support/long.js';
import { end, RotatingService, rotatingTenant, type Login } from '../support/rotatingService.js';
import { until, type Workbench } from '../workbench/workbench.js';
import { mode, useEditor } from './support/editor.js';
import { addToken, reply, rowGone, rowSaying, TENANTS } from './support/entering.js';

/** As far away as a service is: what two windows send meets there. */
const LATENCY_MS = 100;
/** So short that the next exchange is never saved by it. */
const LIFETIME_S = 1;
const LONG_ROUNDS = 20;
/** With the same seed the windows are driven in the same way; what meets what is up to the machine. */
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const MAX_TOKENS = 3;
/** Less than an exchange takes when a person waits for it, with all that comes before it. */
const EXCHANGE_LIMIT_MS = 3_000;
const OUTDATED = /^Another window has stored secrets that this window does not see: .* Reload this window/;

/** A browser gives each window a copy of all secrets when it is loaded, and each of them writes its copy whole. */
describe(`two windows on one server (${mode}, SEED=${SEED})`, () => {
  const random = new Random(SEED);
  const service = new RotatingService();
  service.lifetimeS = LIFETIME_S;
  service.deliver = (socket, answer) => void setTimeout(() => end(socket, answer), LATENCY_MS);
  const logins = new Map<string, Login>();
  let server: Loopback;
  let second: Workbench;
  /** Of the tokens that nobody has removed. */
  let names: string[] = [];
  const first = useEditor(async () => {
    server = await serve(service.script);
    return { settings: { [TENANTS]: [rotatingTenant(server.port, 'acme', 'Acme')], 'tenantTokens.refreshAhead': false } };
  });
  before(() => first().openView());
  after(() => server.stop());

  /** @returns an API token that nobody has used */
  function issue(name: string): string {
    const login = service.logIn(`EXAMPLE-refresh-token-${name}`);
    logins.set(name, login);
    return login.token;
  }

  async function add(window: Workbench, name: string): Promise<void> {
    await addToken(window, 'Acme', name, issue(name));
    names.push(name);
  }

  /** Clicks again where the other window has just done it: this one has taken over the access token, as it should. */
  async function exchange(window: Workbench, name: string): Promise<void> {
    const { family } = logins.get(name)!;
    const before = family.current;
    const isExchanged = () => family.current > before;
    await until(
      `the exchange of ${name}`,
      async () => {
        await window.inlineAction(['Acme', name], 'Get Access Token (Exchange, Refresh)');
        return until('it', isExchanged, { limit: EXCHANGE_LIMIT_MS }).catch(isExchanged);
      },
      { seen: () => Promise.all([window.rows(), window.notifications()]) },
    );
  }

  async function remove(window: Workbench, name: string): Promise<void> {
    await window.contextMenu(['Acme', name], 'Remove API Token (Delete)…');
    names = names.filter((one) => one !== name);
    await window.dialogButton('Remove');
    await rowGone(window, name);
  }

  async function reload(window: Workbench): Promise<void> {
    await window.reload();
    await window.openView();
  }

  const shownIn = async (window: Workbench): Promise<string[]> =>
    (await window.rows()).filter(({ level }) => level === 2).map(({ label }) => label);

  /** A window that was loaded after all that was done lists every token, and exchanges each. */
  async function hasAll(window: Workbench, order: readonly string[]): Promise<void> {
    const isAll = async () => JSON.stringify((await shownIn(window)).sort()) === JSON.stringify([...names].sort());
    await until(`${names.join()} and nothing else`, isAll, { seen: () => window.rows() });
    for (const name of order) {
      await exchange(window, name);
      await rowSaying(window, ['Acme', name], / left$|expired$/);
    }
    const errors = (await window.notifications()).filter(({ severity }) => severity === 'error');
    assert.deepEqual([errors, service.presented.filter(({ isTaken }) => !isTaken)], [[], []]);
  }

  /** At once, so that they get into each other's way. */
  const bothHaveAll = () => Promise.all([hasAll(first(), names), hasAll(second, names.toReversed())]);

  it('ask the one that does not see the first token to reload, and lose nothing', async () => {
    // Loaded before, and the extension begins in it after.
    second = await first().openWindow();
    await add(first(), 'Token-1');
    await second.openView();
    await second.command('Tenant Tokens: Get Access Token (Exchange, Refresh)');
    await second.quickPick('Acme');
    await second.notification(OUTDATED);
    await second.clearNotifications();

    await second.inlineAction('Acme', 'Add API Token…');
    await reply(second, 'Refused', issue('Refused'));
    const loaded = second.page.waitForEvent('domcontentloaded');
    await second.notificationButton(OUTDATED, 'Reload Window');
    await loaded;
    await second.ready();
    await second.openView();
    await second.row(['Acme', 'Token-1']);
    await add(second, 'Token-2');
    await reload(first());
    await bothHaveAll();
  });

  /** A token that all of these windows show, and nobody has removed. */
  async function known(...windows: readonly Workbench[]): Promise<string> {
    const shown = await Promise.all(windows.map(shownIn));
    return random.pick(names.filter((name) => shown.every((labels) => labels.includes(name))));
  }

  const deeds: Readonly<Record<string, (one: Workbench, other: Workbench, name: string) => Promise<unknown>>> = {
    'one adds a token, and then the other': async (one, other, name) => {
      await add(one, name);
      await add(other, `${name}b`);
    },
    'both add a token at once': (one, other, name) => Promise.all([add(one, name), add(other, `${name}b`)]),
    'one adds a token while the other exchanges one': async (one, other, name) => {
      const theirs = await known(other);
      await Promise.all([add(one, name), exchange(other, theirs)]);
    },
    'one exchanges a token, and then the other': async (one, other) => {
      const name = await known(one, other);
      await exchange(one, name);
      await exchange(other, name);
    },
    'both exchange the same token at once': async (one, other) => {
      const name = await known(one, other);
      await Promise.all([exchange(one, name), exchange(other, name)]);
    },
  };

  const endings: Readonly<Record<string, () => Promise<unknown>>> = {
    'the first is reloaded': async () => {
      await reload(first());
      await hasAll(first(), names);
    },
    'the second is reloaded': async () => {
      await reload(second);
      await hasAll(second, names);
    },
    'both are reloaded': async () => {
      await Promise.all([reload(first()), reload(second)]);
      await bothHaveAll();
    },
    'the second is closed, and another one opened': async () => {
      await second.closeWindow();
      second = await first().openWindow();
      await second.openView();
      await hasAll(second, names);
    },
  };

  const few: readonly (readonly [deed: string, ending: string])[] = [
    ['both add a token at once', 'both are reloaded'],
    ['both exchange the same token at once', 'the first is reloaded'],
    ['one adds a token while the other exchanges one', 'the second is closed, and another one opened'],
  ];
  const many = () => Array.from({ length: LONG_ROUNDS }, () => [anyOf(deeds), anyOf(endings)] as const);
  const anyOf = (choices: object): string => random.pick(Object.keys(choices));

  for (const [index, [deed, ending]] of (isLong ? many() : few).entries()) {
    const isFirst = random.chance(0.5);
    it(`lose nothing in round ${index + 1}: ${deed}; ${ending}`, async () => {
      const [one, other] = isFirst ? [first(), second] : [second, first()];
      await deeds[deed]!(one, other, `Round-${index + 1}`);
      await endings[ending]!();
      const loaded = ending === 'the first is reloaded' ? first() : second;
      while (names.length > MAX_TOKENS) await remove(loaded, names[1]!);
    });
  }

  it('both have everything in the end', async () => {
    await Promise.all([reload(first()), reload(second)]);
    await bothHaveAll();
  });
});
