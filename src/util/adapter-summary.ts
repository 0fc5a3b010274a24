// What a GPU adapter says of itself, and whether it computes on the CPU.
import type { AdapterSummary } from '../api/types.ts';

/** Names under which adapters that compute on the CPU present themselves. */
const CPU_ADAPTER = /swiftshader|llvmpipe|lavapipe|softpipe|microsoft basic render|\bwarp\b/i;

/** GPUs whose driver offers packed dot products but computes them one by one. */
const EMULATED_DOT = /\bapple\b/i;

/** Whether an adapter that offers packed 8-bit dot products emulates them: CPU adapters, and by what is known of makers. */
export function emulatesPackedDot(adapter: AdapterSummary): boolean {
  return (
    adapter.isFallback ||
    EMULATED_DOT.test([adapter.vendor, adapter.architecture, adapter.device, adapter.description].join(' '))
  );
}

/** The name of what computes on the CPU, for people; null for a GPU and where the browser hides it. */
export function cpuAdapterName(adapter: AdapterSummary): string | null {
  const names = [adapter.vendor, adapter.architecture, adapter.device, adapter.description].join(' ');
  if (adapter.description === 'WebAssembly') return `WebAssembly, ${adapter.device}`;
  if (/swiftshader/i.test(names)) return 'SwiftShader';
  if (/llvmpipe|lavapipe/i.test(names)) return 'llvmpipe';
  if (/microsoft basic render|\bwarp\b/i.test(names)) return 'WARP';
  return null;
}

/** @returns the names that the browser gives, empty where it hides them, and whether the adapter is the CPU */
export function describeAdapter(adapter: GPUAdapter): AdapterSummary {
  const { info } = adapter;
  const { vendor = '', architecture = '', device = '', description = '' } = info ?? {};
  // The flag moved from the adapter to its info; browsers have one or the other.
  const isFallback =
    isFlagged(info) ||
    isFlagged(adapter) ||
    readText(info, 'type') === 'CPU' ||
    CPU_ADAPTER.test([vendor, architecture, device, description].join(' '));
  return { vendor, architecture, device, description, driver: readText(info, 'driver'), isFallback };
}

/** Chromium tells the driver to pages with developer features only; the name is not in the types. */
function readText(info: object | undefined, name: string): string {
  const value: unknown = info === undefined ? undefined : Reflect.get(info, name);
  return typeof value === 'string' ? value : '';
}

function isFlagged(holder: object | undefined): boolean {
  return holder !== undefined && 'isFallbackAdapter' in holder && holder.isFallbackAdapter === true;
}
