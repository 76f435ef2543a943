import EventLoop

/// The peer of `bench durable`: one row after the other into SQLite, each in a durable transaction of its own.
struct SQLiteCommits: Sendable {
  let loop: EventLoop
  let python: String
  let script: String
  /// A library to preload; nil for the disk as it is.
  let preload: String?
  let database: String

  /// Commits a second over `seconds`.
  func rate(seconds: Int) async throws -> Double {
    let (lines, continuation) = AsyncStream.makeStream(of: String.self)
    var environment = ["PATH": "/usr/bin:/bin"]
    if let preload { environment["LD_PRELOAD"] = preload }
    try await loop.run { [self, environment] in
      _ = try ChildProcess(
        loop: loop, executable: python, arguments: [script, database, String(seconds)], environment: environment,
        line: { continuation.yield(String(decoding: $0, as: UTF8.self)) }, exited: { _ in continuation.finish() })
    }
    var output: [String] = []
    for await line in lines { output.append(line) }
    guard let rate = output.last.flatMap({ Double($0) }) else {
      throw BenchFailure("\(script) said \(output.joined(separator: " "))")
    }
    return rate
  }
}
