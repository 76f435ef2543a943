import EventLoop

extension Phase {
  /// Waits for an idle machine, then runs once.
  /// - Parameter sidecars: those whose requests are counted meanwhile; nil for a peer that has none.
  func round(
    _ target: Target, loop: EventLoop, sidecars: SidecarMetadata?, patience: Duration
  ) async -> Result.Round {
    let wasQuiet = await QuietMachine.wait(patience)
    let before = await sidecars?.counts()
    let sample = await run(on: target.service, loop: loop, connect: target.connect)
    let after = await sidecars?.counts()
    let quantiles = sample.latencies.quantiles([0.5, 0.99])
    return Result.Round(
      rate: Double(sample.latencies.count) / (sample.elapsed / .seconds(1)), p50: quantiles[0], p99: quantiles[1],
      answers: sample.latencies.count, errors: sample.errors + sample.refusals.count,
      sidecars: before.flatMap { before in after.map { $0 - before } }, wasQuiet: wasQuiet)
  }
}
