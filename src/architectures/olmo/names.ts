// Apart from the architecture, so that the page can list what is supported without loading the kernels.

/** Values of general.architecture. */
export const NAMES: readonly string[] = ['olmo'];
