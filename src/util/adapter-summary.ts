// What a GPU adapter says of itself, and whether it computes on the CPU.
import type { AdapterSummary } from '../api/types.ts';

/** Names under which adapters that compute on the CPU present themselves. */
const CPU_ADAPTER = /swiftshader|llvmpipe|lavapipe|softpipe|microsoft basic render|\bwarp\b/i;

/** @returns the names that the browser gives, empty where it hides them, and whether the adapter is the CPU */
export function describeAdapter(adapter: GPUAdapter): AdapterSummary {
  const { info } = adapter;
  const { vendor = '', architecture = '', device = '', description = '' } = info ?? {};
  // The flag moved from the adapter to its info; browsers have one or the other.
  const isFallback =
    isFlagged(info) ||
    isFlagged(adapter) ||
    CPU_ADAPTER.test([vendor, architecture, device, description].join(' '));
  return { vendor, architecture, device, description, isFallback };
}

function isFlagged(holder: object | undefined): boolean {
  return holder !== undefined && 'isFallbackAdapter' in holder && holder.isFallbackAdapter === true;
}
