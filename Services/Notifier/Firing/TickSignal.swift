/// Ticks of the cron binding, which overlap when one takes longer than a second: those that come during one become one more.
struct TickSignal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  func send() { continuation.yield() }

  /// Calls `body` for each tick, one after another, until the task is cancelled.
  func forEach(_ body: () async -> Void) async {
    for await _ in stream { await body() }
  }
}
