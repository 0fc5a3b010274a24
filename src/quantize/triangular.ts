// The factor that GPTQ needs: upper triangular U with H^-1 = U^T U, for a symmetric positive definite H.
// H = R R^T with R upper triangular (a Cholesky factorisation from the last column on); then U = R^-1.

/**
 * @param matrix [n, n] f64, row-major; overwritten
 * @returns U [n, n] f64 in the same memory; below the diagonal 0. Null when the matrix is not positive definite.
 */
export function inverseFactor(matrix: Float64Array, n: number): Float64Array | null {
  return factorUpper(matrix, n) ? invertUpper(matrix, n) : null;
}

/** R in place of the upper triangle, by rows from the last: R[i, j] for i <= j. */
function factorUpper(a: Float64Array, n: number): boolean {
  for (let j = n - 1; j >= 0; j--) {
    const rowJ = j * n;
    let diagonal = a[rowJ + j];
    for (let k = j + 1; k < n; k++) diagonal -= a[rowJ + k] * a[rowJ + k];
    if (!(diagonal > 0)) return false;
    const root = Math.sqrt(diagonal);
    a[rowJ + j] = root;
    for (let i = 0; i < j; i++) {
      const rowI = i * n;
      let sum = a[rowI + j];
      for (let k = j + 1; k < n; k++) sum -= a[rowI + k] * a[rowJ + k];
      a[rowI + j] = sum / root;
    }
    a.fill(0, rowJ, rowJ + j);
  }
  return true;
}

/** The inverse of an upper triangular matrix, by rows from the last: row i needs only rows below it. */
function invertUpper(r: Float64Array, n: number): Float64Array {
  for (let i = n - 1; i >= 0; i--) {
    const row = i * n;
    const factors = r.slice(row, row + n);
    const inverse = 1 / factors[i];
    r.fill(0, row, row + n);
    r[row + i] = inverse;
    for (let k = i + 1; k < n; k++) {
      const factor = factors[k] * inverse;
      const rowK = k * n;
      for (let j = k; j < n; j++) r[row + j] -= factor * r[rowK + j];
    }
  }
  return r;
}
