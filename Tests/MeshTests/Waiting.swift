/// Looks again and again until something holds; fails with what it waited for.
func until(
  _ what: String, within limit: Duration = .seconds(20), _ holds: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try await !holds() {
    guard ContinuousClock.now < end else { throw NeverHeld(description: "not within \(limit): \(what)") }
    try await Task.sleep(for: .milliseconds(10))
  }
}

struct NeverHeld: Error, CustomStringConvertible {
  let description: String
}
