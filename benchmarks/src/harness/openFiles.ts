interface WithLimits {
  readonly userLimits?: { readonly open_files?: { readonly hard: number | string } }
}

/** How many files a process may have open; Node raises its own limit as far when it starts. */
export function mostOpenFiles(): number {
  const { userLimits } = process.report.getReport() as WithLimits
  const hard = userLimits?.open_files?.hard
  return typeof hard === 'number' ? hard : Infinity
}
