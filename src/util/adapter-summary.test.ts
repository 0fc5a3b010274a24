import { describe, expect, it } from 'vitest';
import { cpuAdapterName, describeAdapter, emulatesPackedDot } from './adapter-summary.ts';

const describeInfo = (info: object) => describeAdapter({ info } as GPUAdapter);

describe('describeAdapter', () => {
  it('tells the driver and the type where the browser does', () => {
    const summary = describeInfo({ vendor: 'nvidia', driver: 'NVIDIA 580.1', type: 'discrete GPU' });
    expect(summary).toMatchObject({ vendor: 'nvidia', driver: 'NVIDIA 580.1', isFallback: false });
    expect(describeInfo({ type: 'CPU' }).isFallback).toBe(true);
  });
});

describe('emulatesPackedDot', () => {
  it.each([
    [{ vendor: 'google', architecture: 'swiftshader' }, true],
    [{ vendor: 'mesa', device: 'llvmpipe' }, true],
    [{ isFallbackAdapter: true }, true],
    [{ vendor: 'apple', architecture: 'metal-3' }, true],
    [{ vendor: 'nvidia', architecture: 'hopper' }, false],
    [{ vendor: 'intel', architecture: 'xe' }, false],
  ])('%j: %s', (info, expected) => {
    expect(emulatesPackedDot(describeInfo(info))).toBe(expected);
  });
});

describe('cpuAdapterName', () => {
  it.each([
    [{ architecture: 'swiftshader' }, 'SwiftShader'],
    [{ description: 'llvmpipe (LLVM 19)' }, 'llvmpipe'],
    [{ description: 'Microsoft Basic Render Driver' }, 'WARP'],
    [{ vendor: 'nvidia' }, null],
  ])('%j: %s', (info, expected) => {
    expect(cpuAdapterName(describeInfo(info))).toBe(expected);
  });
});
