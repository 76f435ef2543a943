import Synchronization

/// Publishes events to one topic, those that wait together by one bulk publish, each until it is acknowledged.
///
/// Events that share a record key go one after another, so that a task's next version follows the acknowledgement of the
/// former. Being repeated, an event may stand twice in the topic.
public final class EventPublisher: Sendable {
  private let batcher: Batcher<OutgoingEvent, Void>
  private let failing: FailureFlag

  /// - Parameters:
  ///   - deadline: how long one attempt may take.
  ///   - pause: waits before the n-th repetition, counted from 1.
  public init(
    _ pubsub: PubSub, topic: String, limits: BatchLimits = BatchLimits(), executor: (any TaskExecutor)?,
    deadline: Duration = .seconds(5), pause: @escaping @Sendable (Int) async throws -> Void = EventPublisher.backoff
  ) {
    let failing = FailureFlag()
    self.failing = failing
    batcher = Batcher(limits: limits, executor: executor) { (batch: Batch<OutgoingEvent, Void>) in
      let publication = Publication(
        batch: batch, pubsub: pubsub, topic: topic, deadline: deadline, pause: pause, failing: failing)
      await publication.run(Array(batch.elements.indices))
    }
  }

  /// True from an attempt that failed until one succeeds: when new writes are better refused.
  public var isFailing: Bool { failing.value.load(ordering: .relaxed) }

  /// Returns once the broker has acknowledged the event. Throws a ``DaprError`` of kind `refused` when the sidecar cannot read
  /// it, else only a ``BatchError`` or `CancellationError`, after which the event may be published all the same.
  public func publish(_ event: OutgoingEvent, owner: String, isBulk: Bool = false) async throws {
    try await batcher.submit(
      event, owner: owner, octets: event.octets, isBulk: isBulk, keys: event.partitionKey.map { [$0] } ?? [])
  }

  /// Waits until everything is acknowledged.
  public func drain() async { await batcher.drain() }

  /// Gives up what is not acknowledged.
  public func shutDown() async { await batcher.shutDown() }

  /// 50 ms, doubling up to 1 s.
  public static let backoff: @Sendable (Int) async throws -> Void = { attempt in
    try await Task.sleep(for: .milliseconds(50 << min(attempt - 1, 4)))
  }
}

final class FailureFlag: Sendable {
  let value = Atomic<Bool>(false)
}

/// One shared call of a publisher with its repetitions.
private struct Publication: Sendable {
  let batch: Batch<OutgoingEvent, Void>
  let pubsub: PubSub
  let topic: String
  let deadline: Duration
  let pause: @Sendable (Int) async throws -> Void
  let failing: FailureFlag

  func run(_ indexes: [Int]) async {
    var pending = indexes
    var attempt = 0
    while !pending.isEmpty {
      do throws(DaprError) {
        let failed = try await pubsub.publish(
          all: pending.map { batch.elements[$0] }, to: topic, CallOptions(deadline: deadline))
        for (position, index) in pending.enumerated() where failed[position] == nil {
          await batch.finish(index, .success(()))
        }
        pending = failed.keys.sorted().map { pending[$0] }
      } catch {
        if error.kind == .refused { return await split(pending, error) }
      }
      failing.value.store(!pending.isEmpty, ordering: .relaxed)
      guard !pending.isEmpty else { return }
      attempt += 1
      do { try await pause(attempt) } catch { return await fail(pending, error) }
    }
  }

  /// A 400 published nothing, for the sake of one of them: halves go on by themselves, and one alone is its submitter's matter.
  private func split(_ indexes: [Int], _ error: DaprError) async {
    guard indexes.count > 1 else { return await fail(indexes, error) }
    await run(Array(indexes.prefix(indexes.count / 2)))
    await run(Array(indexes.dropFirst(indexes.count / 2)))
  }

  private func fail(_ indexes: [Int], _ error: any Error) async {
    for index in indexes { await batch.finish(index, .failure(error)) }
  }
}
