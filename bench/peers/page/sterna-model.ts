// Sterna through its public interface, as an application uses it.
import { createEngine } from 'sterna';
import type { PromptFile } from '../records.ts';
import type { ModelEngine } from './engines.ts';

/** Loads a model. */
export async function sternaModel(
  url: string,
  arithmetic: 'exact' | 'block',
  backend: 'auto' | 'webgpu',
  { contextLength }: PromptFile,
): Promise<ModelEngine> {
  const engine = await createEngine({ model: url, contextLength, arithmetic, backend, store: false });
  const { adapter, weightKernel } = engine.info;
  const isWasm = adapter.description === 'WebAssembly';
  const way = adapter.isFallback && !isWasm ? ', through WebGPU' : '';
  return {
    name: `Sterna${way}${arithmetic === 'exact' ? '' : ', block arithmetic'}`,
    ranOn: `${isWasm ? 'wasm' : 'webgpu'} (${adapter.architecture || adapter.vendor}, ${weightKernel})`,
    dispatches: null,
    async generate(prompt, newTokens) {
      const stream = engine.generate(prompt.text, { temperature: 0, maxTokens: newTokens });
      for await (const _ of stream);
      const { text, metrics } = await stream.result;
      if (metrics.reusedTokens > 1)
        throw new Error(`${metrics.reusedTokens} tokens were in the cache already`);
      return {
        prefill: metrics.prefillTokensPerSecond,
        decode: metrics.decodeTokensPerSecond,
        tokens: metrics.generatedTokens,
        text,
      };
    },
    async dispose() {
      engine.dispose();
    },
  };
}
