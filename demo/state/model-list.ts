// The rows of the model picker: the catalogue, what the device keeps of it, and kept models that it does not list.
import type { CatalogueEntry, StoredModel } from 'sterna';
import { formatBytes } from './format-units.ts';
import type { AddressChoice } from './model-choice.ts';
import { nameOfAddress } from './model-choice.ts';
import { type Device, type Fit, judgeFit } from './model-fit.ts';

/** One model to choose. */
export interface ModelRow {
  readonly choice: AddressChoice;
  /** Download, memory and licence in one line. */
  readonly facts: string;
  /** Null for a model that is not in the catalogue: nothing is known of it. */
  readonly fit: Fit | null;
  /** What of it is on the device. */
  readonly stored: { readonly key: string; readonly label: string } | null;
}

/** Rows in the order of the catalogue, then the other stored models, then the models that this version cannot run. */
export function listModels(
  catalogue: readonly CatalogueEntry[],
  stored: readonly StoredModel[],
  device: Device,
): ModelRow[] {
  const listed = catalogue.map((entry) => {
    const kept = stored.find(({ manifestUrl }) => manifestUrl === entry.manifest);
    return createEntryRow(entry, kept, device);
  });
  const others = stored
    .filter(({ manifestUrl }) => !catalogue.some(({ manifest }) => manifest === manifestUrl))
    .map(createStoredRow);
  const isSupported = ({ fit }: ModelRow): boolean => fit?.verdict !== 'unsupported';
  return [...listed.filter(isSupported), ...others, ...listed.filter((row) => !isSupported(row))];
}

function createEntryRow(entry: CatalogueEntry, kept: StoredModel | undefined, device: Device): ModelRow {
  const { name, manifest, sizeBytes, memoryBytes, license } = entry;
  const facts = [
    sizeBytes === undefined ? 'size not known' : `${formatBytes(sizeBytes)} download`,
    memoryBytes === undefined ? '' : `${formatBytes(memoryBytes)} memory`,
    license,
  ];
  return {
    choice: { kind: 'url', url: manifest, name },
    facts: facts.filter((fact) => fact !== '').join(' · '),
    fit: judgeFit(entry, device),
    stored: kept ? describeStored(kept) : null,
  };
}

function createStoredRow(model: StoredModel): ModelRow {
  const url = model.manifestUrl ?? model.url;
  return {
    choice: { kind: 'url', url, name: nameOfAddress(url) },
    facts: new URL(url).host,
    fit: null,
    stored: describeStored(model),
  };
}

function describeStored({ key, storedBytes, sizeBytes }: StoredModel): ModelRow['stored'] {
  const label =
    storedBytes < sizeBytes
      ? `Partly on this device: ${formatBytes(storedBytes)} of ${formatBytes(sizeBytes)}`
      : `On this device: ${formatBytes(storedBytes)}`;
  return { key, label };
}
