/// Lets other tasks run until something holds; fails with what it waited for.
func until(
  _ what: String, within limit: Duration = .seconds(20), _ holds: @Sendable () async -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while await !holds() {
    guard ContinuousClock.now < end else { throw NeverHeld(description: "not within \(limit): \(what)") }
    await Task.yield()
  }
}

struct NeverHeld: Error, CustomStringConvertible {
  let description: String
}
