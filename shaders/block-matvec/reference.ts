// Plain f64 oracle of block-matvec.
export { blockProductOracle as blockMatvecReference } from '../block-oracle-case.ts';
