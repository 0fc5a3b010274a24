// sterna bench: speed of a model, or of a published shape with random weights, beside the ceilings of the device.
import { writeFileSync } from 'node:fs';
import type { BenchmarkReport } from '../../api/benchmark-types.ts';
import type { AutotuneReport } from '../../api/types.ts';
import { EngineError } from '../../errors.ts';
import type { LoadedModel } from '../../loader/load-model.ts';
import { loadSyntheticModel } from '../../loader/synthetic-model.ts';
import { measureDecodeSpeed, SPEED_PROMPT } from '../../quality/decode-speed.ts';
import { benchmark } from '../../runtime/benchmark/benchmark.ts';
import { Sequence } from '../../runtime/sequence.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { benchmarkContext } from '../../util/benchmark-context.ts';
import { benchmarkMarkdown } from '../../util/benchmark-text.ts';
import { acquireNodeDevice, nodeRuntime } from '../node-gpu.ts';
import { type ModelOptions, openModel, tuneModel } from '../open-model.ts';

/** Options of the command. */
export interface BenchOptions extends ModelOptions {
  readonly tests: readonly string[];
  readonly depths: readonly number[];
  readonly repeats: number;
  readonly maxSeconds: number;
  readonly kernels?: boolean;
  readonly synthetic?: string;
  readonly layers?: number;
  /** True: JSON on stdout; a text: the file for it. */
  readonly json?: boolean | string;
}

interface Subject {
  readonly loaded: LoadedModel;
  readonly sequence: Sequence;
  readonly id: string;
  readonly name: string;
  readonly tuning: AutotuneReport;
  /** Null for synthetic models. */
  readonly tokenizer: Tokenizer | null;
  dispose(): Promise<void>;
}

/** Prints the report as Markdown, or JSON, with the date and the runtime, which a figure needs to mean anything. */
export async function bench(path: string | undefined, options: BenchOptions): Promise<void> {
  const subject = await openSubject(path, options);
  const { loaded, sequence, tokenizer } = subject;
  try {
    const report = await benchmark(
      {
        ...subject,
        synthetic: options.synthetic !== undefined,
        ...(tokenizer !== null && {
          measureText: () =>
            measureDecodeSpeed({ loaded, sequence, tokenizer }, SPEED_PROMPT, { tokens: 32 }),
        }),
        runtime: nodeRuntime(loaded.gpu),
        onProgress: ({ label, done, total }) => process.stderr.write(`${done}/${total} ${label}\n`),
      },
      {
        tests: options.tests,
        depths: options.depths,
        repeats: options.repeats,
        maxSecondsPerTest: options.maxSeconds,
        kernels: options.kernels ?? false,
      },
    );
    print(report, options.json);
  } finally {
    await subject.dispose();
  }
}

function print(report: BenchmarkReport, json: boolean | string | undefined): void {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  if (json === true) process.stdout.write(text);
  else process.stdout.write(benchmarkMarkdown(report));
  if (typeof json === 'string') writeFileSync(json, text);
}

async function openSubject(path: string | undefined, options: BenchOptions): Promise<Subject> {
  if ((path === undefined) === (options.synthetic === undefined)) {
    throw new EngineError(
      'bad-argument',
      'Give either a model file or --synthetic; expected exactly one of them.',
    );
  }
  if (path !== undefined) {
    const model = await openModel(path, options);
    const name = model.loaded.file.fields.optionalString('general.name') ?? model.loaded.file.name;
    return { ...model, id: name, name };
  }
  const id = options.synthetic ?? '';
  const gpu = await acquireNodeDevice(options.adapter, options);
  const loaded = await loadSyntheticModel(id, gpu, {
    layers: options.layers,
    contextLength: options.context ?? benchmarkContext(options.tests, options.depths),
    headPrecision: options.head,
    kvCache: options.kvCache,
    arithmetic: options.arithmetic,
  });
  const sequence = await Sequence.create(loaded, { prefill: options.prefill });
  return {
    loaded,
    sequence,
    tuning: await tuneModel(loaded, options),
    tokenizer: null,
    id,
    name: loaded.file.fields.string('general.name'),
    async dispose() {
      loaded.dispose();
      gpu.dispose();
    },
  };
}
