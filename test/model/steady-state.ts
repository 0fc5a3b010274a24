// The token loop creates and writes nothing: counted on the real device while the default model decodes.

import type { SamplingOptions } from '../../src/api/types.ts';
import { type OpenModel, openModel } from '../../src/cli/open-model.ts';
import { resolveSampling } from '../../src/runtime/sampling.ts';

const WATCHED_OF_DEVICE = [
  'createBuffer',
  'createBindGroup',
  'createBindGroupLayout',
  'createShaderModule',
] as const;
const PROMPT_TOKENS = 5;
const TOKENS = 24;
/** Staging buffers are made for the first tokens in flight, so counting begins after these. */
const WARM_TOKENS = 6;

/** Counts per method between the warm-up and the end of a generation. Empty when nothing was called. */
export async function countSteadyStateCalls(model: string, sampling: SamplingOptions): Promise<string[]> {
  const open = await openModel(model, { adapter: 'default' });
  try {
    return await watch(open, sampling);
  } finally {
    await open.dispose();
  }
}

async function watch(open: OpenModel, sampling: SamplingOptions): Promise<string[]> {
  const { device } = open.loaded.gpu;
  const calls: string[] = [];
  let counting = false;
  const spy = (owner: object, name: string) => {
    const original = Reflect.get(owner, name) as (...args: unknown[]) => unknown;
    Reflect.set(owner, name, (...args: unknown[]) => {
      if (counting) calls.push(name);
      return original.apply(owner, args);
    });
  };
  for (const name of WATCHED_OF_DEVICE) spy(device, name);
  spy(device.queue, 'writeBuffer');
  let submits = 0;
  const submit = device.queue.submit.bind(device.queue);
  Reflect.set(device.queue, 'submit', (buffers: GPUCommandBuffer[]) => {
    if (counting && buffers.length > 0) submits++;
    return submit(buffers);
  });
  const ids = Array.from({ length: PROMPT_TOKENS }, (_, index) => 300 + index);
  const settings = resolveSampling({ seed: 1, ...sampling }, {});
  let tokens = 0;
  for await (const _ of open.sequence.run(ids, { settings, maxTokens: TOKENS })) {
    tokens++;
    counting = tokens >= WARM_TOKENS;
  }
  if (submits === 0) throw new Error('no submit was counted: the watch does not see the device');
  return calls;
}
