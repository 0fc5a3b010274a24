// The shape of a result file, for checking files of others. The types of 'sterna' say what the fields mean.

/** A kind of value. */
export type Shape =
  | 'number'
  | 'string'
  | 'boolean'
  | { readonly nullable: Shape }
  | { readonly optional: Shape }
  | { readonly list: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

/** A record of numbers. */
export function numbers(...names: readonly string[]): Shape {
  return { fields: Object.fromEntries(names.map((name) => [name, 'number' as const])) };
}

const SUMMARY = numbers('median', 'p10', 'p90', 'minimum', 'maximum', 'repeats');

/** Of an AdapterSummary. */
export const ADAPTER_SHAPE: Shape = {
  fields: {
    vendor: 'string',
    architecture: 'string',
    device: 'string',
    description: 'string',
    driver: 'string',
    isFallback: 'boolean',
  },
};

const MODEL: Shape = {
  fields: {
    id: 'string',
    name: 'string',
    synthetic: 'boolean',
    architecture: 'string',
    parameters: 'number',
    layers: 'number',
    contextLength: 'number',
    activations: 'string',
    weightsBytes: 'number',
    kvCacheBytes: 'number',
  },
};

const COUNTS: Shape = {
  fields: {
    mode: 'string',
    dispatches: 'number',
    dispatchesPerLayer: 'number',
    dispatchesBesideLayers: 'number',
    submits: 'number',
    readBacks: 'number',
    created: 'number',
    written: 'number',
    countedTokens: 'number',
    budget: numbers('dispatchesPerLayer', 'dispatchesBesideLayers', 'submits', 'readBacks'),
  },
};

const TUNING: Shape = {
  fields: {
    mode: 'string',
    elapsedMs: 'number',
    problem: { optional: 'string' },
    kernels: {
      list: {
        fields: {
          role: 'string',
          shape: 'string',
          dispatches: 'number',
          variant: 'string',
          defaultVariant: 'string',
          source: 'string',
          gain: { nullable: 'number' },
          seconds: { nullable: 'number' },
          measured: 'number',
          candidates: 'number',
          rejected: { list: { fields: { candidate: 'string', reason: 'string' } } },
        },
      },
    },
  },
};

/** Of a whole report. */
export const REPORT_SHAPE: Shape = {
  fields: {
    format: 'string',
    version: 'number',
    date: 'string',
    commit: 'string',
    runtime: 'string',
    device: {
      fields: {
        adapter: ADAPTER_SHAPE,
        packedDot: 'string',
        features: { list: 'string' },
        choices: { list: 'string' },
      },
    },
    model: MODEL,
    ceilings: numbers('copyBytesPerSecond', 'dispatchSeconds', 'readBackSeconds'),
    tests: {
      list: {
        fields: {
          name: 'string',
          kind: 'string',
          tokens: 'number',
          depth: 'number',
          tokensPerSecond: SUMMARY,
        },
      },
    },
    textSpeed: {
      optional: { nullable: { fields: { tokensPerSecond: SUMMARY, bytesPerSecond: SUMMARY } } },
    },
    tuning: { optional: TUNING },
    skipped: { list: 'string' },
    counts: COUNTS,
    tokenTime: { nullable: numbers('total', 'memory', 'dispatch', 'readBack', 'cpu', 'bytesPerToken') },
    kernelMethod: { nullable: 'string' },
    kernels: {
      list: {
        fields: {
          kernel: 'string',
          role: 'string',
          dispatches: 'number',
          seconds: SUMMARY,
          bytes: { nullable: 'number' },
        },
      },
    },
  },
};
