import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StopStrings } from './stop-strings.ts';

describe('StopStrings', () => {
  it('shows text before the first stop string and nothing after', () => {
    const stops = new StopStrings(['END', '\n\n']);
    expect(stops.push('one E')).toEqual({ text: 'one ', stopped: false });
    expect(stops.push('ND two')).toEqual({ text: '', stopped: true });
    expect(stops.flush()).toBe('');
  });

  it('shows held text once it cannot begin a stop string', () => {
    const stops = new StopStrings(['END']);
    expect(stops.push('EN')).toEqual({ text: '', stopped: false });
    expect(stops.push('OUGH')).toEqual({ text: 'ENOUGH', stopped: false });
  });

  it('takes the earliest of several stop strings', () => {
    const stops = new StopStrings(['bc', 'ab']);
    expect(stops.push('xabc')).toEqual({ text: 'x', stopped: true });
  });

  it('ignores empty stop strings', () => {
    expect(new StopStrings(['']).push('text')).toEqual({ text: 'text', stopped: false });
  });

  it('gives the same text however it is cut into pieces', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(fc.array(letters), fc.array(letters, { maxLength: 3 }), (pieces, stopList) => {
        const stops = new StopStrings(stopList);
        let shown = '';
        let stopped = false;
        for (const piece of pieces) {
          if (stopped) break;
          const result = stops.push(piece);
          shown += result.text;
          stopped = result.stopped;
        }
        if (!stopped) shown += stops.flush();
        const whole = pieces.join('');
        const ends = stopList.filter((stop) => stop !== '').map((stop) => whole.indexOf(stop));
        const found = ends.filter((at) => at >= 0);
        // A stop string is found when it is complete; the earliest complete one wins.
        if (found.length === 0) expect(shown).toBe(whole);
        else expect(whole.startsWith(shown) && stopped).toBe(true);
      }),
    );
  });
});
