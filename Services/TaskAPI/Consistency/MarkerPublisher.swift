import DaprClient
import TaskModel
import Tokens

/// Puts a mark behind many writes of an owner, so that one token covers all of them (protocols.md §3).
struct MarkerPublisher: Sendable {
  let publication: Publication
  /// Tells this process's marks from those of others, since compaction keeps one of a key.
  let replica = UUID.random().description

  /// The token that stands for `written`, of which there is at least one.
  func token(for written: [TaskVersion], owner: String) async -> ConsistencyToken {
    written.count > ConsistencyToken.maximumTasks
      ? await token(for: owner) : ConsistencyToken(owner: owner, tasks: written)
  }

  /// Returns the token once the mark is acknowledged, or after some seconds without: then lists with this token wait for it.
  func token(for owner: String) async -> ConsistencyToken {
    let marker = UUID.random().description
    let event = OutgoingEvent(
      MarkerEvent(marker: marker).json, partitionKey: "marker/\(replica)", partition: OwnerPartition.of(owner))
    let (news, continuation) = AsyncStream<Void>.makeStream()
    // Unstructured: the mark must come even when the caller has heard enough.
    Task {
      _ = await publication.publish([event]) { continuation.finish() }
      continuation.finish()
    }
    for await _ in news {}
    return ConsistencyToken(owner: owner, marker: marker)
  }
}
