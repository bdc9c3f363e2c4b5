import assert from 'node:assert/strict';
import { AppError, type ErrorCode } from '../../src/base/errors.js';
import { isAmbiguous, isUncertain, retryDelayMs, unaskedDelayMs, type Repeatable } from '../../src/exchange/retry.js';

/** What has not arrived, what may have arrived, what the service has said. */
const NOT_SENT = ['unreachable', 'proxy-failed'] as const;
const AMBIGUOUS = ['timed-out', 'connection-lost', 'service-failed'] as const;
const ANSWERED = ['api-token-refused', 'client-refused', 'not-json', 'web-page', 'redirected', 'certificate-refused'] as const;

const REPEATABLE: readonly Repeatable[] = ['freely', 'once', 'never'];

/** The delays until it is given up, with an error each time. @param tookMs each attempt */
function schedule(
  code: ErrorCode,
  repeatable: Repeatable,
  { random = 1, tookMs = 100, facts = {}, isAwaited = true } = {},
): number[] {
  const delays: number[] = [];
  const error = new AppError(code, facts);
  for (let [count, ambiguous, elapsedMs] = [1, 0, tookMs]; ; count++) {
    if (isAmbiguous(error)) ambiguous++;
    const delay = retryDelayMs(error, { count, ambiguous, elapsedMs, isAwaited }, repeatable, random);
    if (delay === undefined) return delays;
    delays.push(delay);
    assert.ok(delays.length < 10, 'it is never given up');
    elapsedMs += delay + tookMs;
  }
}

describe('an exchange that somebody waits for', () => {
  for (const code of NOT_SENT)
    it(`is tried three times if it is ${code}`, () => {
      for (const repeatable of REPEATABLE) assert.deepEqual(schedule(code, repeatable), [500, 1_000]);
    });

  for (const code of AMBIGUOUS)
    it(`is tried again if it is ${code}, as often as the secret can be sent`, () => {
      assert.deepEqual(schedule(code, 'freely'), [500, 1_000]);
      assert.deepEqual(schedule(code, 'once'), [0]);
      assert.deepEqual(schedule(code, 'never'), []);
    });

  for (const code of ANSWERED)
    it(`is not tried again if it is ${code}`, () => {
      for (const repeatable of REPEATABLE) assert.deepEqual(schedule(code, repeatable), []);
    });

  it('is not tried before the service wants it', () => {
    const facts = { retryAfter: 1 };
    for (const repeatable of REPEATABLE)
      for (const code of ['rate-limited', 'service-failed'] as const) assert.deepEqual(schedule(code, repeatable, { facts }), []);
  });

  it('waits at random, so that many do not come back at once', () => {
    assert.deepEqual(schedule('unreachable', 'freely', { random: 0.5 }), [250, 500]);
    assert.deepEqual(schedule('unreachable', 'freely', { random: 0 }), [0, 0]);
  });

  it('ends within 25 s, with attempts of 10 s', () => {
    for (const repeatable of REPEATABLE)
      for (const code of [...NOT_SENT, ...AMBIGUOUS]) {
        const delays = schedule(code, repeatable, { tookMs: 10_000 });
        assert.ok(delays.reduce((sum, ms) => sum + ms + 10_000, 10_000) <= 25_000, `${code} ${repeatable}: ${delays.join()}`);
      }
  });

  it('repeats what may have arrived once, also where it did not arrive in between', () => {
    const at = (code: ErrorCode, count: number, ambiguous: number) =>
      retryDelayMs(new AppError(code), { count, ambiguous, elapsedMs: 100, isAwaited: true }, 'once', 0);
    assert.equal(at('unreachable', 2, 1), 0);
    assert.equal(at('timed-out', 3, 2), undefined);
  });

  it('is uncertain if nobody has answered since it may have arrived', () => {
    const attempts = (ambiguous: number) => ({ ambiguous });
    assert.equal(isUncertain(new AppError('timed-out'), attempts(1)), true);
    assert.equal(isUncertain(new AppError('connection-lost'), attempts(1)), true);
    assert.equal(isUncertain(new AppError('unreachable'), attempts(1)), true);
    assert.equal(isUncertain(new AppError('unreachable'), attempts(0)), false);
    assert.equal(isUncertain(new AppError('service-failed'), attempts(1)), false);
    assert.equal(isUncertain(new AppError('api-token-refused'), attempts(1)), false);
  });
});

describe('an exchange that nobody waits for', () => {
  it('is left for later, unless the secret may have been replaced', () => {
    const unawaited = { isAwaited: false };
    for (const code of NOT_SENT) for (const repeatable of REPEATABLE) assert.deepEqual(schedule(code, repeatable, unawaited), []);
    for (const code of AMBIGUOUS)
      assert.deepEqual(
        REPEATABLE.map((repeatable) => schedule(code, repeatable, unawaited)),
        [[], [0], []],
      );
    const away = { count: 2, ambiguous: 1, elapsedMs: 100, isAwaited: false };
    assert.equal(retryDelayMs(new AppError('unreachable'), away, 'once', 1), 1_000);
    assert.equal(retryDelayMs(new AppError('unreachable'), away, 'freely', 1), undefined);
  });

  /** s between the attempts, up to the seventh. */
  const seconds = (error: AppError, isRotating: boolean) =>
    [1, 2, 3, 4, 5, 6].map((failures) => {
      const ms = unaskedDelayMs(error, failures, isRotating, 0);
      return ms === undefined ? undefined : ms / 1000;
    });
  const never = Array.from({ length: 6 }, () => undefined);

  for (const [code, plain, rotating] of [
    ['unreachable', [30, 30, 30, 30, 30, 30], [30, 30, 30, 30, 30, 30]],
    ['proxy-failed', [30, 30, 30, 30, 30, 30], [30, 30, 30, 30, 30, 30]],
    ['busy-elsewhere', [30, 30, 30, 30, 30, 30], [30, 30, 30, 30, 30, 30]],
    ['timed-out', [30, 60, 120, 240, 480, 900], never],
    ['connection-lost', [30, 60, 120, 240, 480, 900], never],
    ['service-failed', [30, 60, 120, 240, 480, 900], never],
    ['web-page', [30, ...never.slice(1)], [30, ...never.slice(1)]],
    ['not-json', [30, ...never.slice(1)], [30, ...never.slice(1)]],
    ['redirected', [30, ...never.slice(1)], [30, ...never.slice(1)]],
    ['certificate-refused', [30, ...never.slice(1)], [30, ...never.slice(1)]],
    ['api-token-refused', never, never],
    ['renewal-uncertain', never, never],
    ['passcode-needed', never, never],
  ] as const)
    it(`${code}: ${plain.join(' ')}${plain === rotating ? '' : `; where the secret may be replaced: ${rotating.join(' ')}`}`, () => {
      assert.deepEqual(seconds(new AppError(code), false), plain);
      assert.deepEqual(seconds(new AppError(code), true), rotating);
    });

  it('comes at random after a service has failed, so that many do not come back at once', () => {
    for (const [random, ms] of [
      [0, 60_000],
      [0.5, 90_000],
      [1, 120_000],
    ] as const)
      assert.equal(unaskedDelayMs(new AppError('service-failed'), 2, false, random), ms);
    assert.equal(unaskedDelayMs(new AppError('unreachable'), 2, false, 1), 30_000);
  });

  it('comes no sooner than the service wants, and than half a minute', () => {
    for (const isRotating of [true, false])
      for (const [retryAfter, after] of [
        [0, 30],
        [29, 30],
        [600, 600],
      ] as const)
        assert.deepEqual(
          seconds(new AppError('rate-limited', { retryAfter }), isRotating),
          never.map(() => after),
        );
  });
});
