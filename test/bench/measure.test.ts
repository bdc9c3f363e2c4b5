import assert from 'node:assert/strict';
import { measure } from './measure.js';
import type { Subject } from './row.js';

describe('the measuring of a row', () => {
  const turns: string[] = [];
  const subject = (name: string, figures: (turn: number) => readonly number[] = (turn) => [turn]): Subject => {
    let turn = 0;
    return {
      name,
      round: () => {
        turns.push(name);
        return figures(turn++);
      },
    };
  };

  beforeEach(() => turns.splice(0));

  it('turns the order round with each round', async () => {
    await measure({ subjects: [subject('A'), subject('B'), subject('C')] }, 3);
    assert.equal(turns.slice(3).join(''), 'ABCCBAABC');
  });

  it('drops what was measured while warming up', async () => {
    const [ours, theirs] = await measure({ subjects: [subject('A'), subject('B', (turn) => [turn, -turn])] }, 2);
    assert.deepEqual(ours, { name: 'A', rounds: [[1], [2]] });
    assert.deepEqual(theirs?.rounds, [
      [1, -1],
      [2, -2],
    ]);
  });

  it('tells how far it is', async () => {
    const reported: number[] = [];
    await measure({ subjects: [subject('A'), subject('B')] }, 1, (share) => reported.push(share));
    assert.deepEqual(reported, [0.25, 0.5, 0.75, 1]);
  });

  for (const figures of [[], [Number.NaN], [1, Number.POSITIVE_INFINITY]])
    it(`takes no [${figures.join(', ')}]`, async () => {
      await assert.rejects(measure({ subjects: [subject('A', () => figures)] }, 1), /A measured/);
    });
});
