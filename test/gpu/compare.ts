// Compares what a kernel wrote with what its case expects, and the rest of the buffer with its initial contents.
import type { Expectation } from '../../shaders/case.ts';

/** Outcome of one buffer: what is wrong (null when nothing is), and how near to the tolerance it came. */
export interface Comparison {
  readonly error: string | null;
  /** Largest deviation as a share of what is allowed: 0 exact, 1 at the bound. */
  readonly worst: number;
}

/** What must hold of one output buffer. */
export interface OutputBuffer {
  readonly name: string;
  readonly actual: ArrayBuffer;
  /** Contents before the dispatch: elements beyond the expected ones must still be these. */
  readonly initial: ArrayBuffer;
  readonly expectation: Expectation;
}

/** Judges one output buffer. Deterministic; the first wrong element is named. */
export function compareOutput(output: OutputBuffer): Comparison {
  const judged = judgeValues(output);
  if (judged.error !== null) return judged;
  return { error: canaryError(output), worst: judged.worst };
}

function judgeValues({ name, actual, expectation }: OutputBuffer): Comparison {
  switch (expectation.kind) {
    case 'exact':
      return judgeExact(name, new Uint32Array(actual), expectation.values);
    case 'packed-int8':
      return judgePackedInt8(name, new Int8Array(actual), expectation);
    case 'close':
      return judgeClose(name, new Float32Array(actual), expectation);
    case 'decoded':
      return judgeDecoded(name, expectation.decode(new Uint32Array(actual)), expectation);
    default:
      return expectation satisfies never;
  }
}

function judgeExact(name: string, actual: Uint32Array, values: Uint32Array | Int32Array): Comparison {
  if (values.length > actual.length) return tooShort(name, values.length, actual.length);
  for (let i = 0; i < values.length; i++) {
    if (actual[i] !== values[i] >>> 0) {
      return wrong(`${name}[${i}] is ${actual[i] | 0}; expected ${values[i] | 0} exactly`);
    }
  }
  return { error: null, worst: 0 };
}

function judgePackedInt8(
  name: string,
  actual: Int8Array,
  expectation: Extract<Expectation, { kind: 'packed-int8' }>,
): Comparison {
  const { values, preRounding, tieWidth } = expectation;
  if (values.length > actual.length) return tooShort(name, values.length, actual.length);
  for (let i = 0; i < values.length; i++) {
    if (actual[i] === values[i]) continue;
    const distanceToTie = Math.abs(Math.abs(preRounding[i] - Math.floor(preRounding[i])) - 0.5);
    if (Math.abs(actual[i] - values[i]) > 1 || distanceToTie > tieWidth) {
      return wrong(
        `${name}[${i}] is ${actual[i]}; expected ${values[i]} (${preRounding[i]} before rounding)`,
      );
    }
  }
  return { error: null, worst: 0 };
}

function judgeClose(
  name: string,
  actual: Float32Array,
  expectation: Extract<Expectation, { kind: 'close' }>,
): Comparison {
  const { values, absolute, relative } = expectation;
  if (values.length > actual.length) return tooShort(name, values.length, actual.length);
  let worst = 0;
  for (let i = 0; i < values.length; i++) {
    const allowed = absolute + relative * Math.abs(values[i]);
    const deviation = Math.abs(actual[i] - values[i]);
    // Written so that NaN fails.
    if (!(deviation <= allowed)) {
      return wrong(
        `${name}[${i}] is ${actual[i]}; expected ${values[i]} within ${allowed} (${expectation.reason})`,
      );
    }
    if (deviation > 0) worst = Math.max(worst, deviation / allowed);
  }
  return { error: null, worst };
}

function judgeDecoded(
  name: string,
  actual: Float64Array,
  { values, tolerance, reason }: Extract<Expectation, { kind: 'decoded' }>,
): Comparison {
  if (values.length !== actual.length) return tooShort(name, values.length, actual.length);
  let worst = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = Math.abs(actual[i] - values[i]);
    // Equal comes first, so that NaN may be expected; otherwise NaN fails.
    if (Object.is(actual[i], values[i]) || deviation === 0) continue;
    if (!(deviation <= tolerance[i])) {
      return wrong(
        `${name}: decoded value ${i} is ${actual[i]}; expected ${values[i]} within ${tolerance[i]} (${reason})`,
      );
    }
    worst = Math.max(worst, deviation / tolerance[i]);
  }
  return { error: null, worst };
}

/** Elements beyond the expected ones keep their initial bytes: a kernel must not write past its end. */
function canaryError({ name, actual, initial, expectation }: OutputBuffer): string | null {
  if (expectation.kind === 'decoded') return null; // the decoder saw the whole buffer
  const after = new Uint8Array(actual);
  const before = new Uint8Array(initial);
  const written = expectation.values.length * (expectation.kind === 'packed-int8' ? 1 : 4);
  for (let i = Math.ceil(written / 4) * 4; i < before.length; i++) {
    if (after[i] !== before[i])
      return `${name}: byte ${i} beyond the ${written} expected ones was overwritten`;
  }
  return null;
}

function tooShort(name: string, expected: number, actual: number): Comparison {
  return wrong(`${name}: the case expects ${expected} elements, its buffer has ${actual}; correct the case`);
}

function wrong(error: string): Comparison {
  return { error, worst: Number.POSITIVE_INFINITY };
}
