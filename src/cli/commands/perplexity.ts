// sterna perplexity: how well a model foretells a text, and how far it is from a reference model.
import type { QualityReport } from '../../quality/perplexity.ts';
import {
  measureQuality,
  openReference,
  perplexityOptions,
  type WindowFlags,
  withRoom,
} from '../measure-quality.ts';
import { acquireNodeDevice } from '../node-gpu.ts';
import { type ModelOptions, openModel } from '../open-model.ts';
import { readTextFile } from '../text-file.ts';

/** Options of the command. */
export interface PerplexityCommandOptions extends ModelOptions, WindowFlags {
  readonly reference?: string;
  readonly json?: boolean;
}

/** Prints the report. @throws EngineError 'bad-argument' for a text that is too short; as loadModel */
export async function perplexity(
  path: string,
  textPath: string,
  options: PerplexityCommandOptions,
): Promise<void> {
  const { name, text } = readTextFile(textPath);
  const gpu = await acquireNodeDevice(options.adapter, options);
  try {
    const loading = withRoom(options);
    const reference =
      options.reference === undefined ? undefined : await openReference(options.reference, loading, gpu);
    const model = await openModel(path, loading, gpu);
    const report = await measureQuality(model, text, { options: perplexityOptions(options), reference });
    const { loaded } = model;
    const named = {
      file: loaded.file.name,
      text: name,
      reference: reference?.loaded.file.name ?? null,
      adapter: gpu.adapter,
      activations: loaded.activations,
    };
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ ...named, quality: report }, null, 2)}\n`
        : formatReport(name, report),
    );
    await model.dispose();
    await reference?.dispose();
  } finally {
    gpu.dispose();
  }
}

function formatReport(text: string, report: QualityReport): string {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const { windows, windowTokens, strideTokens, reference } = report;
  const overlap = strideTokens < windowTokens ? ` every ${strideTokens}` : '';
  const begin = report.beginToken ? ', each after the begin token' : '';
  return `${[
    `text           ${text}: ${report.tokens} tokens, ${report.bytes} bytes; windows of ${windowTokens}${overlap}: ${windows}${begin}`,
    `cross-entropy  ${report.natsPerToken.toFixed(4)} nats per token (standard error ${report.standardError.toFixed(4)})`,
    `perplexity     ${report.perplexity.toFixed(4)}`,
    `per byte       ${report.natsPerByte.toFixed(4)} nats, ${report.bitsPerByte.toFixed(4)} bits`,
    `top-1          ${percent(report.topOneAccuracy)} of the tokens`,
    ...(reference === null
      ? []
      : [
          `reference      KL divergence ${reference.klNatsPerToken.toExponential(3)} nats per token, top-1 agreement ${percent(reference.topOneAgreement)}`,
        ]),
    `speed          ${report.tokensPerSecond.toFixed(0)} tokens/s, ${report.bytesPerSecond.toFixed(0)} bytes/s (scoring)`,
  ].join('\n')}\n`;
}
