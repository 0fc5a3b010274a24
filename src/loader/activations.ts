// Decides whether a model is made of BitLinears (int8 activations) or has quantised weights only (float activations).
// GGUF has no key for it, so the storage of the layers' matrices must tell, unless the file has our own sterna.activations:
//   1. some matrix is not ternary                                -> float
//   2. architecture bitnet*, or all of them I2_S                 -> int8: nothing else is stored so
//   3. all TQ1_0 or TQ2_0, one common scale in the first matrix  -> int8: a ternary model of the Llama family, whose
//      scale per tensor fills every block; rounding of another model gives each block a scale of its own
//   4. else (Q2_0, PQ2_0, PTQ1_0: groups with their own scales)  -> float
import type { Arithmetic } from '../api/types.ts';
import type { ActivationArithmetic, BuildContext, TensorSet } from '../architectures/architecture.ts';
import { EngineError } from '../errors.ts';
import type { GgufFile } from '../gguf/reader.ts';

const I2_S = 36;
const TQ1_0 = 34;
const TQ2_0 = 35;

/** Rows of the first matrix whose scales are compared. */
const SAMPLE_ROWS = 8;

/** Values of the metadata key sterna.activations. */
const STATED: Readonly<Record<string, ActivationArithmetic>> = {
  float: 'float',
  'int8-token': 'int8',
  'int8-block': 'int8-blocks',
};

/** What the loader tells an architecture about the activations. */
export type ActivationPlan = Required<Pick<BuildContext, 'activations' | 'isBitLinear' | 'groupedTernary'>>;

/**
 * Plans the arithmetic of the linear layers: that of the model, or with `block` int8 by blocks whatever the model is.
 * @throws EngineError 'unsupported-model' for an unknown value of sterna.activations; what chooseActivations throws
 */
export async function planActivations(
  file: Pick<GgufFile, 'name' | 'fields' | 'tensors'>,
  tensors: TensorSet,
  { arithmetic, signal }: { readonly arithmetic: Arithmetic; readonly signal?: AbortSignal },
): Promise<ActivationPlan> {
  const stated = readStated(file);
  const own = stated ?? (await chooseActivations(file, tensors, signal));
  return {
    activations: arithmetic === 'block' ? 'int8-blocks' : own,
    isBitLinear: own === 'int8',
    // A file that states its activations was quantised by us: groups in it have scales of their own.
    groupedTernary: stated !== undefined,
  };
}

function readStated({ name, fields }: Pick<GgufFile, 'name' | 'fields'>): ActivationArithmetic | undefined {
  const value = fields.optionalString('sterna.activations');
  if (value === null) return undefined;
  if (Object.hasOwn(STATED, value)) return STATED[value];
  throw new EngineError(
    'unsupported-model',
    `${name} asks for activations "${value}" (metadata key sterna.activations); known are ${Object.keys(STATED).join(', ')}. Use a newer version of the engine.`,
    { details: { field: 'sterna.activations', value } },
  );
}

/**
 * Chooses the arithmetic that the storage of the matrices asks for.
 * @throws what opening or reading the first matrix throws
 */
export async function chooseActivations(
  file: Pick<GgufFile, 'fields' | 'tensors'>,
  tensors: TensorSet,
  signal?: AbortSignal,
): Promise<'int8' | 'float'> {
  const matrices = file.tensors.filter(
    ({ name, dims }) =>
      /^blk\.\d+\.(?!.+\.outlier\.).+\.weight$/.test(name) && dims.length === 2 && dims[1] > 1,
  );
  if (matrices.length === 0) return 'float';
  if (matrices.some(({ name }) => tensors.open(name).kind !== 'ternary')) return 'float';
  if (file.fields.string('general.architecture').startsWith('bitnet')) return 'int8';
  if (matrices.every(({ type }) => type === I2_S)) return 'int8';
  if (matrices.some(({ type }) => type !== I2_S && type !== TQ1_0 && type !== TQ2_0)) return 'float';
  const first = tensors.open(matrices[0].name);
  if (first.kind === 'float') return 'float';
  const { scales } = await first.readCodes(0, Math.min(SAMPLE_ROWS, first.rows), signal);
  // A block of zeros has the scale 0 in every model.
  return new Set(scales.filter((scale) => scale !== 0)).size <= 1 ? 'int8' : 'float';
}
