// Whether a model of the catalogue runs on this device, as far as a browser lets a page know. Knows nothing of the DOM.
import { type CatalogueEntry, type DeviceLimits, SUPPORTED_ARCHITECTURES } from 'sterna';
import { formatBytes } from './format-units.ts';

/** What is known of the device. */
export interface Device {
  /** Absent when there is no GPU. */
  readonly limits?: DeviceLimits;
  /** Memory of the whole device in GiB as the browser tells it, rounded and capped at 8; absent where it does not. */
  readonly memoryGib?: number;
}

/** A verdict with its words. */
export interface Fit {
  readonly verdict: 'fits' | 'too-large' | 'unsupported' | 'unknown';
  readonly label: string;
}

const GIB = 2 ** 30;

/** Browsers tell no more than this, so that it means "this or more". */
const MEMORY_CAP_GIB = 8;

/** A model that takes more than this share of all memory leaves too little to the system and the page. */
const MEMORY_SHARE = 0.5;

/**
 * Judges by what a browser tells: it never says how much GPU memory there is. A model that is smaller than the largest
 * single buffer fits with some certainty; a larger one may still fit, in several buffers.
 */
export function judgeFit(
  { architecture, memoryBytes }: Pick<CatalogueEntry, 'architecture' | 'memoryBytes'>,
  { limits, memoryGib }: Device,
): Fit {
  if (!SUPPORTED_ARCHITECTURES.includes(architecture)) {
    return {
      verdict: 'unsupported',
      label: `This version cannot run ${architecture} models.`,
    };
  }
  if (memoryBytes === undefined || limits === undefined) {
    return { verdict: 'unknown', label: 'How much memory it needs is not known.' };
  }
  const needs = `May be too large: it needs ${formatBytes(memoryBytes)}`;
  if (memoryGib !== undefined && memoryGib < MEMORY_CAP_GIB && memoryBytes > memoryGib * GIB * MEMORY_SHARE) {
    return { verdict: 'too-large', label: `${needs}, and this device has about ${memoryGib} GB in all.` };
  }
  if (memoryBytes > limits.maxBufferBytes) {
    const largest = formatBytes(limits.maxBufferBytes);
    return {
      verdict: 'too-large',
      label: `${needs}, and the largest block of memory that this browser grants is ${largest}.`,
    };
  }
  return { verdict: 'fits', label: 'Fits this device.' };
}
