// How many columns of activations share one scale in block arithmetic; the kernels take it as a param.

/** Columns per activation scale of block arithmetic: divides every width that the int8 products take. */
export const ACTIVATION_BLOCK = 32;
