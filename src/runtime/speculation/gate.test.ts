import { describe, expect, it } from 'vitest';
import { SpeculationGate } from './gate.ts';

const TOKEN_MS = 10;

/** A gate that knows the time of a token, and passes of a device where a further column costs `columnCost` steps. */
function setUp(columnCost: number) {
  const gate = new SpeculationGate();
  gate.recordPlain(1, TOKEN_MS);
  const verify = (accepts: (length: number) => number, available = 7) => {
    const drafted = gate.draftLength(available);
    if (drafted === 0) {
      gate.recordPlain(1, TOKEN_MS);
      return 0;
    }
    const ms = TOKEN_MS * (1 + columnCost * drafted);
    gate.recordDraft({ drafted, accepted: accepts(drafted), ms });
    return drafted;
  };
  return { gate, verify };
}

describe('SpeculationGate', () => {
  it('begins with a trial and takes the longest drafts when all are right and columns are cheap', () => {
    const { gate, verify } = setUp(0.1);
    expect(verify((length) => length)).toBe(3);
    for (let i = 0; i < 20; i++) verify((length) => length);
    expect(verify((length) => length)).toBe(7);
    expect(gate.columnCost).toBeCloseTo(0.1, 2);
    expect(gate.acceptance).toBeGreaterThan(0.95);
  });

  it('keeps to what is available', () => {
    const { gate } = setUp(0.1);
    expect([0, 1, 2, 3].map((available) => gate.draftLength(available))).toEqual([0, 1, 1, 3]);
  });

  it('backs off ever longer when no draft is right', () => {
    const { verify } = setUp(0.2);
    const drafts = Array.from({ length: 1000 }, () => verify(() => 0));
    const tried = drafts.filter((length) => length > 0).length;
    expect(tried).toBeGreaterThan(5);
    expect(tried).toBeLessThan(30);
    expect(drafts.slice(-300).filter((length) => length > 0).length).toBeLessThan(6);
  });

  it('stops although drafts are right where columns cost as much as steps', () => {
    const { verify } = setUp(1.2);
    const drafts = Array.from({ length: 300 }, () => verify((length) => length));
    expect(drafts.slice(100).filter((length) => length > 0).length).toBeLessThan(40);
  });

  it('returns when the text begins to repeat itself', () => {
    const { verify } = setUp(0.2);
    for (let i = 0; i < 100; i++) verify(() => 0);
    for (let i = 0; i < 200; i++) verify((length) => length);
    expect(verify((length) => length)).toBe(7);
  });

  it('is not misled by one disturbed pass', () => {
    const { gate, verify } = setUp(0.2);
    gate.recordDraft({ drafted: 3, accepted: 3, ms: 4000 });
    for (let i = 0; i < 60; i++) verify((length) => length);
    expect(verify((length) => length)).toBe(7);
  });

  it('forgets the acceptance but not the times for the next generation', () => {
    const { gate, verify } = setUp(0.1);
    for (let i = 0; i < 50; i++) verify(() => 0);
    const { columnCost } = gate;
    gate.next();
    expect(gate.draftLength(7)).toBe(3);
    expect(gate.columnCost).toBe(columnCost);
  });
});
