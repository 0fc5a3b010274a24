// How many columns of activations one workgroup takes in the kernels whose weights serve several of them.

/** Columns of a workgroup; each has its accumulators in registers. */
export const COLUMNS_PER_GROUP = 4;

/** WGSL: the same number for the kernels. */
export const columnsPart = `const COLUMNS = ${COLUMNS_PER_GROUP}u;\n`;
