// The tensors of a GGUF model, opened by name, each in the file that holds it.
import type { TensorSet, WordReader } from '../architectures/architecture.ts';
import { EngineError } from '../errors.ts';
import type { GgufFile } from '../gguf/reader.ts';
import { countElements, type GgufTensor } from '../gguf/values.ts';
import { openCodeTensor } from '../quant/coded/reader.ts';
import type { TensorLocation, TensorReader } from '../quant/format.ts';
import { openTensor } from '../quant/index.ts';
import { readRowBytes } from '../quant/location.ts';
import { type CodeTensorSpec, sideTensorNames } from '../quant/quantization-metadata.ts';
import type { ByteSource } from '../util/byte-source.ts';
import { GGML_TYPE } from '../util/ggml-types.ts';

/** TensorSet over a parsed header and the source of its data. */
export class GgufTensorSet implements TensorSet {
  readonly #file: Pick<GgufFile, 'name' | 'tensors'>;
  readonly #source: ByteSource;
  readonly #byName: ReadonlyMap<string, GgufTensor>;
  readonly #codes: ReadonlyMap<string, CodeTensorSpec>;

  /**
   * @param source the file itself; tensors of other files of a split model name theirs
   * @param codes tensors that hold our own codes, from the metadata. Default: none
   */
  constructor(
    file: Pick<GgufFile, 'name' | 'tensors'>,
    source: ByteSource,
    codes: ReadonlyMap<string, CodeTensorSpec> = new Map(),
  ) {
    this.#file = file;
    this.#source = source;
    this.#codes = codes;
    this.#byName = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  open(name: string): TensorReader {
    const { type, location } = this.#find(name);
    const spec = this.#codes.get(name);
    if (spec === undefined) return openTensor(type, location);
    this.#requireType(name, GGML_TYPE.I8);
    const { codeScale } = sideTensorNames(name);
    this.#requireType(codeScale, GGML_TYPE.F32);
    return openCodeTensor(location, this.#find(codeScale).location, spec);
  }

  openWords(name: string): WordReader {
    this.#requireType(name, GGML_TYPE.I32);
    const { location } = this.#find(name);
    const { rows, columns } = location;
    return {
      rows,
      columns,
      async readWords(firstRow, rowCount, signal) {
        const bytes = await readRowBytes(location, columns * 4, firstRow, rowCount, signal);
        return new Uint32Array(bytes.slice().buffer);
      },
    };
  }

  #find(name: string): { readonly type: number; readonly location: TensorLocation } {
    const tensor = this.#byName.get(name);
    if (tensor === undefined) {
      throw new EngineError(
        'bad-file',
        `${this.#file.name} has no tensor ${name}, which its architecture needs. Use a complete conversion of the model.`,
        { details: { file: this.#file.name, tensor: name } },
      );
    }
    const columns = tensor.dims[0];
    const rows = countElements(tensor.dims) / columns;
    const { offsetBytes, sizeBytes, source = this.#source } = tensor;
    return { type: tensor.type, location: { name, source, offsetBytes, sizeBytes, rows, columns } };
  }

  #requireType(name: string, expected: number): void {
    const { type } = this.#find(name);
    if (type === expected) return;
    throw new EngineError(
      'bad-file',
      `Tensor ${name} of ${this.#file.name} has the ggml type ${type}; expected ${expected}. The file is damaged or made by a faulty converter; quantise the model again.`,
      { details: { file: this.#file.name, tensor: name, type } },
    );
  }
}
