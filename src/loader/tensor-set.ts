// The tensors of a GGUF model, opened by name, each in the file that holds it.
import type { TensorSet } from '../architectures/architecture.ts';
import { EngineError } from '../errors.ts';
import type { GgufFile } from '../gguf/reader.ts';
import { countElements, type GgufTensor } from '../gguf/values.ts';
import type { TensorReader } from '../quant/format.ts';
import { openTensor } from '../quant/index.ts';
import type { ByteSource } from '../util/byte-source.ts';

/** TensorSet over a parsed header and the source of its data. */
export class GgufTensorSet implements TensorSet {
  readonly #file: Pick<GgufFile, 'name' | 'tensors'>;
  readonly #source: ByteSource;
  readonly #byName: ReadonlyMap<string, GgufTensor>;

  /** @param source the file itself; tensors of other files of a split model name theirs */
  constructor(file: Pick<GgufFile, 'name' | 'tensors'>, source: ByteSource) {
    this.#file = file;
    this.#source = source;
    this.#byName = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  open(name: string): TensorReader {
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
    return openTensor(tensor.type, { name, source, offsetBytes, sizeBytes, rows, columns });
  }
}
