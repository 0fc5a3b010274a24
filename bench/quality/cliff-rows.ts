// The rows of the cliff table: which checkpoint is rounded how, and what Veritate published for the same step.

/** One of our byte-level twins. */
export type Checkpoint = '16bit' | 'qat';

/** One row. */
export interface CliffRow {
  readonly checkpoint: Checkpoint;
  readonly name: string;
  /** Arguments of `sterna` between input and output paths, which are put in: `IN`, `OUT`, `CALIBRATION`. */
  readonly command: readonly string[];
  /** Published figure of an 85M byte-level model, with its sign. Absent: none. */
  readonly veritate?: string;
}

const convert = (...flags: string[]) => ['convert', 'IN', 'OUT', '--embedding', 'bf16', ...flags];
const quantize = (recipe: string, ...flags: string[]) => [
  'quantize',
  'IN',
  'OUT',
  '--recipe',
  recipe,
  ...flags,
];
const calibrated = (recipe: string) => quantize(recipe, '--calibration', 'CALIBRATION');

interface Preset {
  readonly recipe: string;
  readonly calibrated?: boolean;
  /** Rounded after QAT too: what a comparison of methods needs. */
  readonly qat?: boolean;
  /** Of the 16-bit checkpoint, whose rounding is post hoc. */
  readonly veritate?: string;
}

const PRESETS: readonly Preset[] = [
  { recipe: 'int8-row', qat: true, veritate: 'int8: the baseline of int4' },
  { recipe: 'int8-column' },
  { recipe: 'int4-rtn', qat: true, veritate: 'int4 per row: +0.4 % against int8' },
  { recipe: 'int4-rtn-clip' },
  { recipe: 'int4-rtn-g128' },
  { recipe: 'int4-hadamard', qat: true },
  { recipe: 'int4-quarot', qat: true },
  { recipe: 'int4-hadamard-clip' },
  { recipe: 'int4-gptq', calibrated: true },
  { recipe: 'int4-hadamard-gptq', calibrated: true },
  { recipe: 'ternary-ffn', veritate: '+266 %' },
  { recipe: 'ternary', veritate: '+344 % (3.56 against 0.43)' },
  { recipe: 'binary-first-3', qat: true, veritate: '+2.18 nats post hoc, +0.021 after QAT' },
  { recipe: 'binary' },
  {
    recipe: 'veritate-mix',
    qat: true,
    veritate: 'after QAT +0.021 at 1.98 bits; best post hoc +0.06 at 2.31 bits',
  },
];

function presets(checkpoint: Checkpoint): CliffRow[] {
  return PRESETS.filter(({ qat }) => checkpoint === '16bit' || qat).map(
    ({ recipe, calibrated: needsText, veritate }) => ({
      checkpoint,
      name: recipe,
      command: needsText ? calibrated(recipe) : quantize(recipe),
      ...(checkpoint === '16bit' && veritate !== undefined && { veritate }),
    }),
  );
}

/** Name of the row that the others are compared with. */
export const BASELINE = 'bf16: as trained';

/** Every row, the two baselines of each checkpoint first. */
export const CLIFF_ROWS: readonly CliffRow[] = [
  { checkpoint: '16bit', name: BASELINE, command: convert('--to', 'bf16'), veritate: 'baseline' },
  { checkpoint: '16bit', name: 'Q8_0 (convert)', command: convert('--to', 'q8_0') },
  { checkpoint: '16bit', name: 'Q4_0 (convert)', command: convert('--to', 'q4_0') },
  {
    checkpoint: '16bit',
    name: 'ternary, all layers, int8 activations (convert --ternarize)',
    command: convert('--ternarize'),
    veritate: '+344 % (3.56 against 0.43)',
  },
  ...presets('16bit'),
  {
    checkpoint: 'qat',
    name: 'ternary as trained, I2_S (convert)',
    command: convert(),
    veritate: '+30 % (0.56 against 0.43, 1,000 steps)',
  },
  ...presets('qat'),
];
