// sterna inspect: architecture, sizes, tensor types and metadata of a GGUF file. Needs no GPU.
import { findArchitecture } from '../../architectures/index.ts';
import { type GgufFile, readGguf } from '../../gguf/reader.ts';
import type { GgufValue } from '../../gguf/values.ts';
import { describeGgmlType } from '../../util/ggml-types.ts';
import { openFileSource } from '../file-source.ts';
import { modelFile } from '../open-model.ts';

/** Options of the command. */
export interface InspectOptions {
  readonly json?: boolean;
}

/** Prints a summary. Unsupported architectures are named, not refused. */
export async function inspect(path: string, options: InspectOptions): Promise<void> {
  const source = await openFileSource(modelFile(path));
  try {
    const summary = summarizeFile(await readGguf(source), source.sizeBytes);
    process.stdout.write(options.json ? `${JSON.stringify(summary, null, 2)}\n` : formatSummary(summary));
  } finally {
    await source.close();
  }
}

/** What inspect prints. */
export interface FileSummary {
  readonly name: string;
  readonly version: number;
  readonly sizeBytes: number;
  readonly architecture: string;
  readonly supported: boolean;
  readonly parameters: number;
  readonly bitsPerWeight: number;
  /** Tensors and bytes by type name. */
  readonly types: Readonly<Record<string, { readonly tensors: number; readonly bytes: number }>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly {
    readonly name: string;
    readonly dims: readonly number[];
    readonly type: string;
  }[];
}

/** Summary of a parsed header. */
export function summarizeFile(file: GgufFile, sizeBytes: number): FileSummary {
  const types: Record<string, { tensors: number; bytes: number }> = {};
  let parameters = 0;
  let tensorBytes = 0;
  for (const tensor of file.tensors) {
    const name = describeGgmlType(tensor.type);
    types[name] ??= { tensors: 0, bytes: 0 };
    types[name].tensors++;
    types[name].bytes += tensor.sizeBytes;
    parameters += tensor.dims.reduce((product, size) => product * size, 1);
    tensorBytes += tensor.sizeBytes;
  }
  const architecture = file.fields.optionalString('general.architecture') ?? '(none)';
  return {
    name: file.name,
    version: file.version,
    sizeBytes,
    architecture,
    supported: isSupported(architecture),
    parameters,
    bitsPerWeight: parameters > 0 ? (tensorBytes * 8) / parameters : 0,
    types,
    metadata: Object.fromEntries([...file.metadata].map(([key, value]) => [key, showValue(value)])),
    tensors: file.tensors.map(({ name, dims, type }) => ({ name, dims, type: describeGgmlType(type) })),
  };
}

function isSupported(architecture: string): boolean {
  try {
    findArchitecture(architecture);
    return true;
  } catch {
    return false;
  }
}

const LONGEST_TEXT = 80;

function showValue(value: GgufValue): string {
  if (value.type === 'array') return `${value.elementType}[${value.value.length}]`;
  const text = JSON.stringify(value.value);
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}… (${text.length} characters)` : text;
}

function formatSummary(summary: FileSummary): string {
  const lines = [
    `${summary.name}: GGUF v${summary.version}, ${summary.sizeBytes} bytes`,
    `architecture ${summary.architecture}${summary.supported ? '' : ' (not supported)'}`,
    `${summary.parameters} parameters, ${summary.bitsPerWeight.toFixed(3)} bits per weight`,
    '',
    ...Object.entries(summary.types).map(
      ([type, { tensors, bytes }]) => `${type}: ${tensors} tensors, ${bytes} bytes`,
    ),
    '',
    ...Object.entries(summary.metadata).map(([key, value]) => `${key} = ${value}`),
    '',
    ...summary.tensors.map(({ name, dims, type }) => `${name}  ${dims.join(' x ')}  ${type}`),
  ];
  return `${lines.join('\n')}\n`;
}
