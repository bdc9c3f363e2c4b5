import assert from 'node:assert/strict';
import type { RemoteToken } from '../../../src/platforms/lifecycle.js';
import { formatDay } from '../../../src/views/format.js';
import { inspectorPage, type Inspected } from '../../../src/views/inspectorPage.js';
import { timelinePage, type TimelineRow } from '../../../src/views/timelinePage.js';

const DAY_MS = 24 * 3_600_000;
const NOW = Date.UTC(2030, 5, 12, 9);
const DETAILS = { title: 'Details', command: 'tenantTokens.showDetails' };

/** What is to be read on a page, in one line. */
const read = (page: string): string =>
  page
    .replace(/^[^]*<main>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

describe('the page of the timeline', () => {
  const row = (name: string, change: Partial<TimelineRow>): TimelineRow => ({
    target: { tenant: 'acme', token: name },
    tenant: 'Acme',
    name,
    from: NOW - DAY_MS,
    end: undefined,

    actions: [DETAILS],
    ...change,
  });
  const page = (...rows: TimelineRow[]): string =>
    timelinePage({ rows, days: [30, 7, 1], now: NOW, hasTenants: true }, 'EXAMPLE', 'en');
  const names = (text: string): string[] => [...text.matchAll(/<th scope="row">\s*(\w+)/g)].map(([, name]) => name!);

  it('lists what ends first above, then what nobody knows, then what does not end', () => {
    const text = page(
      row('never', { end: 'never' }),
      row('unknown', {}),
      row('late', { end: { at: NOW + 90 * DAY_MS, kind: 'end' } }),
      row('gone', { end: { at: NOW - 3 * DAY_MS, kind: 'end' } }),
      row('soon', { end: { at: NOW + 12 * DAY_MS, kind: 'end' } }),
    );
    assert.deepEqual(names(text), ['gone', 'soon', 'late', 'unknown', 'never']);
    assert.match(read(text), /gone Acme .*, 3 days ago .*soon Acme .*, in 12 days .*unknown Acme Unknown – set a date /);
    assert.ok(read(text).includes(`gone Acme ${formatDay(NOW - 3 * DAY_MS)}, 3 days ago`), read(text));
  });

  it('folds those whose expiry nobody knows, if they are many beside others', () => {
    const open = ['a', 'b', 'c', 'd'].map((name) => row(name, { end: 'never' }));
    const folded = page(...open, row('soon', { end: { at: NOW + 12 * DAY_MS, kind: 'end' } }));
    assert.deepEqual(names(folded.slice(0, folded.indexOf('<details'))), ['soon']);
    assert.match(read(folded), /4 API tokens without a known expiry/);
    assert.doesNotMatch(page(...open), /<details/);
  });

  it('draws each kind of bar in a form of its own', () => {
    for (const [end, form] of [
      [{ at: NOW - DAY_MS, kind: 'end' }, 'ended'],
      [{ at: NOW + 29 * DAY_MS, kind: 'end' }, 'soon'],
      [{ at: NOW + 31 * DAY_MS, kind: 'end' }, 'later'],
      // What is exchanged daily always has less than a fortnight left.
      [{ at: NOW + 13 * DAY_MS, kind: 'unless-exchanged', aheadDays: 14 }, 'later'],
      [{ at: NOW + 6 * DAY_MS, kind: 'unless-exchanged', aheadDays: 14 }, 'soon'],
      ['never', 'open'],
      [undefined, 'open'],
    ] as const) {
      const bar = /<svg[^>]*class="bar"[^]*/.exec(page(row('x', { end })))?.[0] ?? '';
      assert.match(bar, new RegExp(`class="${form}"`), JSON.stringify(end));
    }
  });

  it('marks what only the service has, what is revoked, and what an exchange keeps alive', () => {
    const text = read(
      page(
        row('theirs', { target: { tenant: 'acme', remote: '7' }, end: 'never' }),
        row('ours', { target: { tenant: 'acme', remote: '8' }, mayBeHere: true }),
        row('over', { gone: 'revoked', end: { at: NOW + DAY_MS, kind: 'end' } }),
        row('kept', { end: { at: NOW + 13 * DAY_MS, kind: 'unless-exchanged' } }),
      ),
    );
    assert.match(text, /theirs only at the service Acme/);
    assert.match(text, /ours not matched to a token here Acme/);
    assert.match(text, /over Acme revoked/);
    assert.match(read(page(row('no', { gone: 'refused' }))), /no Acme refused/);
    assert.match(text, /kept Acme .*in 13 days unless it is exchanged by then/);
  });
});

describe('the page of the inspector', () => {
  const reported: RemoteToken = {
    id: 'remote-1',
    name: 'CI',
    state: 'active',
    owner: 'ada',
    scopes: ['read', 'write'],
    endsAt: null,
    createdAt: NOW - 40 * DAY_MS,
  };
  const kept: NonNullable<Inspected['kept']> = {
    addedAt: NOW - DAY_MS,
    singleUse: false,
    boundTo: 'https://cloud.example/token',
    note: { end: { at: NOW + 6 * DAY_MS, from: 'entered' }, exchangeBy: NOW + 5 * DAY_MS, remoteId: 'remote-1' },
    state: 'Valid',
    problem: undefined,
    access: { exchangedAt: NOW, expiresAt: NOW + 3_600_000 },
    decoded: undefined,
    history: [],
  };
  const inspected: Inspected = {
    target: { tenant: 'acme', token: '1' },
    name: 'Laptop',
    tenant: 'Acme',
    platform: 'VMware Cloud Director',
    actions: [DETAILS],
    now: NOW,
  };
  const page = (change: Partial<Inspected>): string => read(inspectorPage({ ...inspected, ...change }, 'EXAMPLE', 'en'));

  it('says what is known of a kept token, and where that is known from', () => {
    const text = page({ kept, reported: { at: NOW, token: reported } });
    assert.match(text, /Sent only to https:\/\/cloud\.example\/token/);
    assert.match(text, /Expires .*, in 6 days entered by you 2030-06-18 09:00:00 UTC/);
    assert.match(text, /Exchange by .* in 5 days; it expires unless it is exchanged by then/);
    assert.match(text, /ID at the service remote-1/);
    assert.match(text, /Asked .*2030-06-12 09:00:00 UTC .*Owner ada .*Expires never Scopes read, write/);
  });

  it('says of one that is only at the service what that told, and no more', () => {
    const text = page({ target: { tenant: 'acme', remote: 'remote-1' }, reported: { at: NOW, token: reported } });
    assert.match(text, /Not here: only the service has it/);
    assert.doesNotMatch(text, /Access token |History/);
  });

  it('shows claims as not verified, and none that may be a credential', () => {
    const claims = { sub: 'ada', exp: NOW / 1000, refresh_token: 'EXAMPLE-secret', custom: 'x'.repeat(300) };
    const text = page({ kept: { ...kept, decoded: { length: 90, claims } } });
    assert.match(text, /not verified\. .*Who ada .*Expires \(exp\) .*2030-06-12 09:00:00 UTC/);
    assert.match(text, /refresh_token \(not shown: it may be a credential\)/);
    assert.doesNotMatch(text, /EXAMPLE-secret|x{201}/);
    assert.match(page({ kept: { ...kept, decoded: { length: 90, claims: undefined } } }), /It is opaque \(90 characters\)/);
    assert.match(page({ kept }), /There is no valid access token/);
  });

  it('tells the history, the latest first, and each host once', () => {
    const event = { token: '1', tenant: 'acme', host: 'cloud.example' } as const;
    const history = [
      { ...event, at: NOW - 2000, what: 'exchanged' },
      { ...event, at: NOW - 1000, what: 'failed', code: 'timed-out' },
      { ...event, at: NOW, what: 'failed', code: 'of-a-later-version' },
    ] as const;
    const text = page({ kept: { ...kept, history } });
    assert.match(text, /Where it was sent .*cloud\.example Exchange 3 .*History/);
    assert.match(
      text,
      /09:00:00 UTC Exchange cloud\.example exchange failed \(of-a-later-version\) .*service not reached \(timed-out\) .*Exchange cloud\.example done/,
    );
  });
});
