import { describe, expect, test } from 'vitest';
import { matvecTernary } from '../../shaders/matvec-ternary/kernel.ts';
import { BufferPool } from '../gpu/buffers.ts';
import { chooseVariant } from '../gpu/kernel.ts';
import { readBuffer, submittedWorkDone } from '../gpu/readback.ts';
import { acquireWasm } from './acquire.ts';

describe('the WebAssembly device', () => {
  test('holds what is written to it, with the offsets of WebGPU', async () => {
    const { device, dispose } = await acquireWasm();
    const pool = new BufferPool(device);
    const buffer = pool.upload('numbers', Uint32Array.of(1, 2, 3, 4), 'scratch');
    // Of a typed array, offset and size are elements; of a buffer, bytes.
    device.queue.writeBuffer(buffer, 4, Uint32Array.of(7, 8, 9), 1, 2);
    device.queue.writeBuffer(buffer, 12, Uint32Array.of(5, 6).buffer, 4, 4);
    expect([...new Uint32Array(await readBuffer(device, buffer))]).toEqual([1, 8, 9, 6]);
    expect([...new Uint32Array(await readBuffer(device, buffer, 4, 8))]).toEqual([9]);
    const encoder = device.createCommandEncoder();
    encoder.clearBuffer(buffer, 4, 8);
    device.queue.submit([encoder.finish()]);
    expect([...new Uint32Array(await readBuffer(device, buffer))]).toEqual([1, 0, 0, 6]);
    dispose();
  });

  test('lets other tasks run while it is waited for', async () => {
    const { device, dispose } = await acquireWasm();
    const order: string[] = [];
    setTimeout(() => order.push('task'), 0);
    // A timer takes a millisecond or more; were waits only microtasks, it would never run in between.
    const endMs = performance.now() + 2000;
    while (order.length === 0 && performance.now() < endMs) await submittedWorkDone(device);
    expect(order).toEqual(['task']);
    dispose();
  });

  test('takes its own variants and no other; others never take them', () => {
    const onWasm = chooseVariant(matvecTernary, { features: new Set(['wasm']), layout: 'T2', onCpu: true });
    expect(onWasm.name).toBe('wasm-t2');
    const onGpu = chooseVariant(matvecTernary, { features: new Set(['packed-dot']), layout: 'T2' });
    expect(onGpu.wasm).toBeUndefined();
  });

  test('takes the module without relaxed SIMD where only that is valid', async () => {
    const context = await acquireWasm({ levels: ['simd'] });
    expect(context.adapter).toMatchObject({ architecture: 'wasm-simd', isFallback: true });
    context.dispose();
  });

  test('is an error with advice where WebAssembly is forbidden', async () => {
    await expect(acquireWasm({ levels: [] })).rejects.toMatchObject({
      code: 'wasm-unavailable',
      message: expect.stringMatching(/wasm-unsafe-eval/),
    });
  });
});
